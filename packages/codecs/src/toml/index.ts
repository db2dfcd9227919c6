export { toml } from './toml.ts'
