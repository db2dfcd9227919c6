export { structured } from './structured.ts'
