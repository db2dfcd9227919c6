export type {
  Affix,
  AnyDecode,
  Anything,
  AnyValueCodec,
  Decode,
  Decoder,
  KeyCodec,
  OnlyDecodes,
  StreamCodec,
  ValueCodec,
} from './codec.ts'
export {
  type Complete,
  type CreateStoreOptions,
  createStore,
  type Declares,
  type ReadingOnly,
} from './create-store.ts'
export type {
  Change,
  Child,
  Condition,
  Consistency,
  Driver,
  DriverChildrenOptions,
  DriverDeleteOptions,
  DriverFacts,
  DriverListOptions,
  DriverMethods,
  DriverPathOptions,
  DriverStreamOptions,
  DriverUrlOptions,
  DriverWatchOptions,
  DriverWriteOptions,
  Failures,
  Found,
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
export type {
  Converters,
  FieldsOf,
  Mistake,
  NoConverters,
  OnlyForTemplatesWithOneField,
  PatternOf,
  RecordOf,
  Template,
  TemplateOf,
  TupleOf,
} from './keys/template-types.ts'
export { batch } from './operations/batch.ts'
export { children } from './operations/children.ts'
export { type ClearOptions, clear } from './operations/clear.ts'
export { type CopyOptions, type CopyResult, copy } from './operations/copy.ts'
export { type Explanation, explain } from './operations/explain.ts'
export { first } from './operations/first.ts'
export { getOr } from './operations/get-or.ts'
export { getOrInsert } from './operations/get-or-insert.ts'
export { getWithStat } from './operations/get-with-stat.ts'
export { guarantees } from './operations/guarantees.ts'
export { inner, innerKey } from './operations/inner.ts'
export type { LocateOptions } from './operations/located.ts'
export { pathOf } from './operations/path-of.ts'
export { type ReadStreamOptions, readRange, readStream } from './operations/read-stream.ts'
export { remove } from './operations/remove.ts'
export { type RenameOptions, rename } from './operations/rename.ts'
export { owning, shared } from './operations/shared.ts'
export { type TakeOptions, take } from './operations/take.ts'
export { toArray } from './operations/to-array.ts'
export { toMap } from './operations/to-map.ts'
export { toObject } from './operations/to-object.ts'
export { type UpdateOptions, update } from './operations/update.ts'
export { type UrlOptions, urlOf } from './operations/url-of.ts'
export { type Watched, type WatchOptions, watch } from './operations/watch.ts'
export { type ByteSource, type WriteStreamOptions, writeStream } from './operations/write-stream.ts'
export type {
  AnyReader,
  AnyStore,
  BatchOptions,
  ByteStore,
  Bytes,
  DeleteOptions,
  EntriesOptions,
  KeyOf,
  LeadingOf,
  Like,
  ListOptions,
  NoPrefix,
  NothingBut,
  PrefixOf,
  Reader,
  ReadOptions,
  Stat,
  Store,
  StoreOf,
  Transform,
  ValueOf,
  WithValues,
  WriteOptions,
  WritesWith,
  WrittenOf,
} from './store.ts'
export { fromMap } from './stores/from-map.ts'
export { fromObject } from './stores/from-object.ts'
export { type MemoryOptions, memory } from './stores/memory.ts'
export { at, type FolderName } from './transforms/at.ts'
export { decodeValues } from './transforms/decode-values.ts'
export { filterKeys } from './transforms/filter-keys.ts'
export type {
  AnyKeyIf,
  Defined,
  Known,
  KnownKeys,
  KnownStore,
  KnownValues,
  Mismatch,
  NoStore,
  TakesKeys,
  TakesValues,
  WholeKeyCodec,
  WholeValueCodec,
} from './transforms/fitting.ts'
export { jsonValues } from './transforms/json-values.ts'
export { endsWith, type KindOf, matching, oneOf, startsWith } from './transforms/key-predicates.ts'
export { mapKeys } from './transforms/map-keys.ts'
export { mapValues, type UseDecodeValues } from './transforms/map-values.ts'
export { pipe } from './transforms/pipe.ts'
export { pipeline } from './transforms/pipeline.ts'
export { readOnly } from './transforms/read-only.ts'
export { type ByteReader, textValues } from './transforms/text-values.ts'
export { type Base64Options, base64 } from './values/base64.ts'
export { brotli } from './values/brotli.ts'
export { type ByExtensionOptions, byExtension } from './values/by-extension.ts'
export { compose } from './values/compose.ts'
export type { BytesCodec, CompressionOptions, PaddedOptions } from './values/compression.ts'
export { deflate } from './values/deflate.ts'
export { field } from './values/field.ts'
export { gzip } from './values/gzip.ts'
export { invert } from './values/invert.ts'
export {
  type Jsonable,
  type JsonOptions,
  type JsonValues,
  json,
  type RevivingJsonOptions,
} from './values/json.ts'
export { lines } from './values/lines.ts'
export {
  type SchemaCodec,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
  schema,
} from './values/schema.ts'
export { text } from './values/text.ts'
export { tupleRecord } from './values/tuple-record.ts'
