// The second door of this package: what adapters and the conformance kit need and users do not, with the names of
// the root that adapters use, so that importing one loads no more of this package than that.

export { assertNotAborted, type CallOptions, call } from './adapter/call.ts'
export { callEach } from './adapter/call-each.ts'
export type { ErrorOf, FailedCall } from './adapter/errors/error-of.ts'
export {
  each,
  errorTable,
  type Meaning,
  type NativeErrors,
  type Refinement,
} from './adapter/errors/error-table.ts'
export { fileErrors } from './adapter/errors/file-errors.ts'
export { networkErrors } from './adapter/errors/network-errors.ts'
export { committed, failedWith, staging } from './adapter/errors/steps.ts'
export { eachOn, type KnownStores, knownStores } from './adapter/known-stores.ts'
export { type Claim, claimPlace } from './adapter/naming/claim-place.ts'
export { encodedNaming } from './adapter/naming/encoded-naming.ts'
export { ENCODED, type Format, lookAtMarker, type MarkerPort, PLAIN } from './adapter/naming/marker.ts'
export { INTERNAL, type Naming, narrowed } from './adapter/naming/naming.ts'
export { type PlainNames, plainNaming } from './adapter/naming/plain-naming.ts'
export { anyObjectRules, objectRules, pathRules, type Rule } from './adapter/naming/rules.ts'
export { type Finish, type Place, type Preparation, preparation } from './adapter/preparing/preparation.ts'
export { type LocatedDriver, PlaceGone, type Preparing, prepared } from './adapter/preparing/prepared.ts'
export { type ReadBelow, reading } from './adapter/read-below.ts'
export { given, opened, type Resource } from './adapter/resource.ts'
export { type AdapterCall, assertOpen, assertWritable, runOn } from './adapter/run-on.ts'
export { type AbandonedWrites, abandonedWrites } from './async/abandoned-writes.ts'
export { isPassing, type RetryPolicy, retry } from './async/retry.ts'
export { type Watchers, watchers } from './async/watchers.ts'
export { collectBytes, inBlocks, joinBytes, plainBytes } from './bytes.ts'
export { checkBytes, checkKey, MAX_KEY_BYTES } from './check.ts'
export { createStore } from './create-store.ts'
export { isStoreError, StoreError } from './error.ts'
export { type EncodedKeys, encodedKeys } from './keys/encoded-keys.ts'
export { suffix } from './keys/suffix.ts'
export { template } from './keys/template.ts'
export { type Flight, type Flights, flights, type Landed } from './layers/flights.ts'
export { maker } from './makers.ts'
export { type DriverMethod, METHODS, type MethodFacts } from './methods.ts'
export { asChild, childOf } from './operations/child-of.ts'
export { copy } from './operations/copy.ts'
export { guarantees } from './operations/guarantees.ts'
export { driverOf } from './operations/inner.ts'
export { resolveRange } from './operations/range.ts'
export { readRange, readStream } from './operations/read-stream.ts'
export { writeStream } from './operations/write-stream.ts'
export {
  abortSignal,
  callback,
  flag,
  mediaType,
  milliseconds,
  oneOf,
  secret,
  text,
  wholeNumber,
} from './options/kinds.ts'
export { type AnyOptions, type Option, option } from './options/option.ts'
export {
  callSettingsOf,
  group,
  type OptionsOf,
  type SettingsOf,
  settingsOf,
  writeSettingsOf,
} from './options/settings-of.ts'
export { assertNoTilde } from './options/tilde.ts'
export { printKey, printValue, typeName } from './print-key.ts'
export {
  type Fields,
  type FieldsOf,
  type NamesIn,
  type Selected,
  type Selection,
  selectFields,
  type Without,
} from './records/select-fields.ts'
export { at } from './transforms/at.ts'
export { filterKeys } from './transforms/filter-keys.ts'
export { jsonValues } from './transforms/json-values.ts'
export { mapKeys } from './transforms/map-keys.ts'
export { mapValues } from './transforms/map-values.ts'
export { pipe } from './transforms/pipe.ts'
export { textValues } from './transforms/text-values.ts'
export { json } from './values/json.ts'
export { onAbort } from './view/abort.ts'
export { combined } from './view/batch.ts'
export { mapBounded } from './view/bounded.ts'
export { isPromise, whenReady } from './when-ready.ts'
export { withoutSecrets } from './without-secrets.ts'
