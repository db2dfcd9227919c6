export { type MsgpackOptions, msgpack } from './msgpack.ts'
