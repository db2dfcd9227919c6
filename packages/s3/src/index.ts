export { type BucketStore, bucket } from './bucket.ts'
export { prefixes } from './listing/prefixes.ts'
export type { BucketOptions, ForeignObject } from './options.ts'
export { type BucketsOptions, buckets } from './service/buckets.ts'
export type { BucketClient } from './service/client.ts'
export type { Connection } from './service/connection.ts'
export type { AccountKeys } from './service/credentials.ts'
export {
  type DiagnosedSetting,
  type DiagnosedStep,
  type DiagnoseOptions,
  type Diagnosis,
  diagnose,
} from './service/diagnose.ts'
export { definePreset, type Preset } from './service/preset.ts'
export { type PresetName, presets } from './service/presets.ts'
export { type PresignOptions, presign } from './service/presign.ts'
export { probe } from './service/probe.ts'
export { type RestoreOptions, restore } from './service/restore.ts'
export type { BucketWriteOptions } from './writing/headers.ts'
