export * from '@kvdol/core'
export * from '../../src/index.ts'
