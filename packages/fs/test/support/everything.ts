export * from '@kvdol/core'
export * from '../../src/file/index.ts'
export * from '../../src/index.ts'
