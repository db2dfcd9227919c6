export { type Acceptance, accepts } from './layers/accepts.ts'
export { type Appendable, appendable } from './layers/appendable.ts'
export { type BufferedOptions, buffered } from './layers/buffered.ts'
export { type Cached, type CachedOptions, cached } from './layers/cached.ts'
export { type CachedKeys, type CachedKeysOptions, cachedKeys } from './layers/cached-keys.ts'
export type { EditingCodec } from './layers/composing/editing.ts'
export type { Edit } from './layers/composing/paths.ts'
export {
  type ContentAddressed,
  type ContentAddressedOptions,
  contentAddressed,
} from './layers/content-addressed.ts'
export {
  type ChannelLike,
  type ChannelMessage,
  type ChannelSource,
  diagnosticsChannel,
} from './layers/diagnostics-channel.ts'
export {
  type Expiring,
  type ExpiringOptions,
  type ExpiringWriteOptions,
  expiring,
} from './layers/expiring.ts'
export { type Fanned, type Fanout, fanout } from './layers/fanout.ts'
export { type FieldName, type FieldsPlace, type FieldValue, fields } from './layers/fields.ts'
export { type FilterEntriesOptions, filterEntries } from './layers/filter-entries.ts'
export { type Flattened, type FlattenOptions, flatten } from './layers/flatten.ts'
export { flush } from './layers/flush.ts'
export { type GroupOf, grouped } from './layers/grouped.ts'
export type { Clock } from './layers/guarding/clock.ts'
export type { Hooks, ObservedCall, ObservedEnd } from './layers/guarding/hooks.ts'
export type { Rate } from './layers/guarding/slots.ts'
export { type InvalidAsAbsentOptions, invalidAsAbsent } from './layers/invalid-as-absent.ts'
export { type CounterOptions, counter } from './layers/keyers/counter.ts'
export { fromField } from './layers/keyers/from-field.ts'
export { fromTemplate } from './layers/keyers/from-template.ts'
export type { Keyer, NextKey } from './layers/keyers/keyer.ts'
export { type TimestampOptions, timestamp } from './layers/keyers/timestamp.ts'
export { type UlidOptions, ulid } from './layers/keyers/ulid.ts'
export { type LayerFacts, type LayerMethods, layer } from './layers/layer.ts'
export { type LazyContext, lazy, type Made, type Makers } from './layers/lazy.ts'
export { type LimitOptions, limit } from './layers/limit.ts'
export { type Mall, malls } from './layers/malls.ts'
export { type MemoizeOptions, memoize } from './layers/memoize.ts'
export { type Mounted, type Mounts, mount } from './layers/mount.ts'
export { type MayCreate, type NestedOptions, nested } from './layers/nested.ts'
export { noDelete } from './layers/no-delete.ts'
export { nonColliding } from './layers/non-colliding.ts'
export { type ObservedOptions, observed } from './layers/observed.ts'
export { onMissing } from './layers/on-missing.ts'
export { type OnOverwriteOptions, type Overwriting, onOverwrite } from './layers/on-overwrite.ts'
export {
  type MeterLike,
  type OpenTelemetryOptions,
  openTelemetry,
  type SpanLike,
  type TracerLike,
} from './layers/open-telemetry.ts'
export { overlay } from './layers/overlay.ts'
export { type RequestLike, type RespondOptions, respond } from './layers/respond.ts'
export { type RetryOptions, retry } from './layers/retry.ts'
export { setUnique } from './layers/set-unique.ts'
export { type SkipErrorsOptions, skipErrors } from './layers/skip-errors.ts'
export { type Source, type SourcedOptions, sourced } from './layers/sourced.ts'
export { type SweepOptions, sweep } from './layers/sweep.ts'
export { type TieredOptions, tiered } from './layers/tiered.ts'
export { type TimeoutOptions, timeout } from './layers/timeout.ts'
export { type WalkOptions, walk } from './layers/walk.ts'
export { type DrillOptions, drill } from './stores/drill.ts'
export { type Dialect, dialect, type Names } from './transforms/dialect.ts'
