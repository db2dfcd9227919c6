export { checkBytes, checkKey, MAX_KEY_BYTES } from './check.ts'
export type { Decode, KeyCodec, StreamCodec, ValueCodec } from './codec.ts'
export { type CreateStoreOptions, createStore, type WritableDriver } from './create-store.ts'
export type {
  Condition,
  Driver,
  DriverDeleteOptions,
  DriverListOptions,
  DriverStreamOptions,
  DriverWriteOptions,
  Failures,
  Guarantees,
  MaybePromise,
  Range,
} from './driver.ts'
export { type ErrorCode, isStoreError, StoreError, type StoreErrorDetails } from './error.ts'
export { printKey } from './print-key.ts'
export type {
  AnyReader,
  AnyStore,
  BatchOptions,
  DeleteOptions,
  EntriesOptions,
  KeyOf,
  LeadingOf,
  Like,
  ListOptions,
  PrefixOf,
  Reader,
  ReadOptions,
  Stat,
  Store,
  Transform,
  ValueOf,
  WriteOptions,
} from './store.ts'
export { fromMap } from './stores/from-map.ts'
export { type MemoryOptions, memory } from './stores/memory.ts'
export { filterKeys } from './transforms/filter-keys.ts'
export { mapKeys } from './transforms/map-keys.ts'
export { mapValues } from './transforms/map-values.ts'
export { pipe } from './transforms/pipe.ts'
export { pipeline } from './transforms/pipeline.ts'
export { readOnly } from './transforms/read-only.ts'
export { type ClearOptions, clear } from './operations/clear.ts'
export { type CopyOptions, type CopyResult, copy } from './operations/copy.ts'
export { type Explanation, explain } from './operations/explain.ts'
export { first } from './operations/first.ts'
export { guarantees } from './operations/guarantees.ts'
export { driverOf, inner, innerKey } from './operations/inner.ts'
export { resolveRange } from './operations/range.ts'
export { type ReadStreamOptions, readRange, readStream } from './operations/read-stream.ts'
export { type RenameOptions, rename } from './operations/rename.ts'
export { type UpdateOptions, update } from './operations/update.ts'
export { type ByteSource, type WriteStreamOptions, writeStream } from './operations/write-stream.ts'
export { type Dialect, dialect, type Names } from './transforms/dialect.ts'
