export { type BlobsWriteOptions, blobs } from './blobs/blobs.ts'
export type { BlobsOptions, ForeignDocument } from './blobs/options.ts'
export { type CollectOrphansOptions, collectOrphans } from './blobs/writing/collect-orphans.ts'
export { documents } from './documents/documents.ts'
export type { DocumentsOptions, ForeignRecord, Intervals } from './documents/options.ts'
export { aggregate } from './documents/reading/aggregate.ts'
export { distinct } from './documents/reading/distinct.ts'
export type {
  DocumentsOptionsOf,
  DocumentsStore,
  FieldOf,
  NamedOptions,
  RecordOf,
} from './documents/types.ts'
export { append, extend } from './documents/writing/append.ts'
export { type ModifyOptions, modify } from './documents/writing/modify.ts'
export { push } from './documents/writing/push.ts'
export type { MongoAddress } from './opening/address.ts'
export { connect } from './opening/connect.ts'
export type { CommonOptions, WriteConcern } from './options.ts'
export { type DatabaseOptions, database, server } from './server.ts'
export type { MongoCollection, MongoDatabase, MongoRecord, MongoServer } from './shapes.ts'
export { type Change, watch } from './watch.ts'
