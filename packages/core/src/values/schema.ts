import type { Anything, Decoder, ValueCodec } from '../codec.ts'
import type { MaybePromise } from '../driver.ts'
import { contentOf } from '../keys/identity.ts'
import { maker } from '../makers.ts'
import { printKey } from '../print-key.ts'
import { whenReady } from '../when-ready.ts'
import { corrupt, invalidValue } from './failure.ts'
import { type FittingCodec, fitted } from './fitted.ts'

/** A schema of any library that follows Standard Schema, version 1 (https://standardschema.dev). */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (
      value: unknown,
      ...more: never[]
    ) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What validation gives: a value, or issues. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One thing that is wrong, and where. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

const SHOWN_ISSUES = 5

/**
 * What {@link schema} makes: a codec that decodes anything; where the schema does not accept what it gives (text becomes a
 * date), it only decodes, for `decodeValues`.
 */
export type SchemaCodec<Input, Output> = Output extends Input
  ? ValueCodec<Output, Input> & Decoder<Output, Anything>
  : Decoder<Output, Anything>

/**
 * Values that a schema has validated, on both ways: what does not fit is `Corrupt` when reading and refused with
 * `InvalidValue` when writing. What the schema gives back is what is read and what is written, so defaults are filled
 * in and unknown fields go as the schema says.
 *
 * The schema must accept what it gives: a schema that turns text into a date cannot be written through. Over JSON it must
 * accept what comes back: a date comes back as text, which a `reviver` changes; anything else is `InvalidValue`. Messages
 * name the places that do not fit, and leave out the schema's own messages, which may quote values.
 *
 * @example
 * ```ts
 * const User = z.object({ name: z.string(), age: z.number() })
 * const users = pipe(files('users'), jsonValues(), mapValues(schema(User))) // Store<string, { name: string; … }>
 * ```
 */
export function schema<Input, Output>(standard: StandardSchema<Input, Output>): SchemaCodec<Input, Output> {
  const { vendor, validate } = standard?.['~standard'] ?? {}
  if (typeof validate !== 'function')
    throw new TypeError('schema takes a schema that follows Standard Schema')
  const written = (value: unknown) =>
    check(validate(value), issues => invalidValue(`the value does not fit the schema${issues}`))
  const name = `schema(${vendor})`
  const unreadable = (issues: string) =>
    invalidValue(
      `${name} does not accept what JSON gives back${issues}, such as a text in place of a Date; give json() a reviver that makes it again, or let the schema accept the text`,
    )
  const codec: FittingCodec<Output, unknown> = {
    name,
    decode: (inner: unknown) =>
      check(validate(inner), issues => corrupt(`the stored value does not fit the schema${issues}`)),
    encode: (outer: unknown) => whenReady(written(outer), value => stable(value, outer, written)),
    assertReadable: back => whenReady(check(validate(back), unreadable), () => {}),
    over: fitted as NonNullable<FittingCodec<Output, unknown>['over']>,
  }
  return codec as SchemaCodec<Input, Output>
}

/** What is stored: refuses what reading would change once more. */
function stable<T>(
  value: T,
  given: unknown,
  validated: (value: unknown) => MaybePromise<T>,
): MaybePromise<T> {
  if (contentOf(value) === contentOf(given)) return value
  return whenReady(validated(value), again => {
    if (contentOf(again) === contentOf(value)) return value
    throw invalidValue('the schema changes the value each time, so it can only be read: see decodeValues')
  })
}

maker(schema)

function check<Output>(
  result: MaybePromise<StandardResult<Output>>,
  failure: (issues: string) => Error,
): MaybePromise<Output> {
  return whenReady(result, done => {
    if (done.issues === undefined) return done.value
    throw failure(places(done.issues))
  })
}

function places(issues: readonly StandardIssue[]): string {
  const paths = [...new Set(issues.map(issue => printPath(issue.path ?? [])).filter(path => path !== ''))]
  if (paths.length === 0) return ''
  const shown = paths.slice(0, SHOWN_ISSUES).join(', ')
  return ` at ${shown}${paths.length > SHOWN_ISSUES ? ` and ${paths.length - SHOWN_ISSUES} more places` : ''}`
}

function printPath(path: NonNullable<StandardIssue['path']>): string {
  return path
    .map(part => String(typeof part === 'object' ? part.key : part))
    .map(name => (/^[\w$-]{1,40}$/.test(name) ? name : printKey(name)))
    .join('.')
}
