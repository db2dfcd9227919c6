export type { Affix, Decode, KeyCodec, StreamCodec, ValueCodec } from './codec.ts'
export { type CreateStoreOptions, createStore } from './create-store.ts'
export type {
  Condition,
  Driver,
  DriverDeleteOptions,
  DriverFacts,
  DriverListOptions,
  DriverMethods,
  DriverStreamOptions,
  DriverWriteOptions,
  Failures,
  Guarantees,
  ListingDriver,
  MaybePromise,
  Range,
  WritableDriver,
} from './driver.ts'
export { type ErrorCode, isStoreError, StoreError, type StoreErrorDetails } from './error.ts'
export { affix } from './keys/affix.ts'
export type { AffixCodec } from './keys/affixed.ts'
export { commonPrefix } from './keys/common-prefix.ts'
export { composeKeys } from './keys/compose-keys.ts'
export type { Converter } from './keys/converter.ts'
export { invertKeys } from './keys/invert-keys.ts'
export { mappedKeys } from './keys/mapped-keys.ts'
export { prefix } from './keys/prefix.ts'
export { segments } from './keys/segments.ts'
export { suffix } from './keys/suffix.ts'
export { type TemplateOptions, template } from './keys/template.ts'
export type { Converters, FieldsOf, RecordOf, Template, TupleOf } from './keys/template-types.ts'
export { type ClearOptions, clear } from './operations/clear.ts'
export { type CopyOptions, type CopyResult, copy } from './operations/copy.ts'
export { type Explanation, explain } from './operations/explain.ts'
export { first } from './operations/first.ts'
export { getOr } from './operations/get-or.ts'
export { getOrInsert } from './operations/get-or-insert.ts'
export { guarantees } from './operations/guarantees.ts'
export { inner, innerKey } from './operations/inner.ts'
export { type ReadStreamOptions, readRange, readStream } from './operations/read-stream.ts'
export { type RenameOptions, rename } from './operations/rename.ts'
export { owning, shared } from './operations/shared.ts'
export { type TakeOptions, take } from './operations/take.ts'
export { type UpdateOptions, update } from './operations/update.ts'
export { type ByteSource, type WriteStreamOptions, writeStream } from './operations/write-stream.ts'
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
export { type DrillOptions, drill } from './stores/drill.ts'
export { fromMap } from './stores/from-map.ts'
export { type MemoryOptions, memory } from './stores/memory.ts'
export { at } from './transforms/at.ts'
export { type Dialect, dialect, type Names } from './transforms/dialect.ts'
export { filterKeys } from './transforms/filter-keys.ts'
export { jsonValues } from './transforms/json-values.ts'
export { endsWith, matching, oneOf, startsWith } from './transforms/key-predicates.ts'
export { mapKeys } from './transforms/map-keys.ts'
export { mapValues } from './transforms/map-values.ts'
export { pipe } from './transforms/pipe.ts'
export { pipeline } from './transforms/pipeline.ts'
export { readOnly } from './transforms/read-only.ts'
export { textValues } from './transforms/text-values.ts'
export { type Base64Options, base64 } from './values/base64.ts'
export { brotli } from './values/brotli.ts'
export { type ByExtensionOptions, byExtension } from './values/by-extension.ts'
export { compose } from './values/compose.ts'
export type { BytesCodec, CompressionOptions } from './values/compression.ts'
export { deflate } from './values/deflate.ts'
export { field } from './values/field.ts'
export { gzip } from './values/gzip.ts'
export { invert } from './values/invert.ts'
export { type JsonOptions, json } from './values/json.ts'
export { lines } from './values/lines.ts'
export { type StandardIssue, type StandardResult, type StandardSchema, schema } from './values/schema.ts'
export { text } from './values/text.ts'
export { tupleRecord } from './values/tuple-record.ts'
