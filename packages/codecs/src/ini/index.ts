export { ini } from './ini.ts'
