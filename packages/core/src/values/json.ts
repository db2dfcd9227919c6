import type { ValueCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { callback, flag } from '../options/kinds.ts'
import { option } from '../options/option.ts'
import { type OptionsOf, settingsOf } from '../options/settings-of.ts'
import { printKey, typeName } from '../print-key.ts'
import { corrupt, invalidValue } from './failure.ts'
import type { FittingCodec } from './fitted.ts'
import { isPlain } from './is-plain.ts'

type Change = (this: unknown, key: string, value: unknown) => unknown

const OPTIONS = {
  /** Indentation, as `JSON.stringify` takes it. @default none */
  space: option<number | string>(
    'a number of spaces, or a text',
    value => typeof value === 'string' || Number.isFinite(value),
  ),
  /** Changes what is written, as for `JSON.stringify`; values are then not checked otherwise. */
  replacer: callback<Change>(),
  /** Changes what is read, as for `JSON.parse`. */
  reviver: callback<Change>(),
  /**
   * Whether a byte order mark before the text is `Corrupt`; otherwise it is passed over.
   * @default false
   */
  strict: flag.or(false),
}

export type JsonOptions = OptionsOf<typeof OPTIONS>

/** Options with a `reviver`, which makes again what JSON loses. */
export type RevivingJsonOptions = JsonOptions & { reviver: Change }

/** What `T` extends when JSON loses nothing of it; otherwise an error tells what is lost, and where. */
export type JsonValues<T> = { [N in keyof T]: Jsonable<T[N]> }

/** `T` where it comes back from JSON as it is; else, in words, why it does not. */
export type Jsonable<T> = 0 extends 1 & T
  ? T
  : unknown extends T
    ? T
    : T extends string | number | boolean | null | undefined
      ? T
      : T extends bigint | symbol | ((...args: never[]) => unknown)
        ? 'JSON cannot hold this: leave it out, or use a codec that can'
        : T extends { toJSON(...args: never[]): infer J }
          ? J extends T
            ? T
            : 'JSON reads this back as what toJSON gave: give a reviver that makes it again'
          : T extends
                | ReadonlyMap<unknown, unknown>
                | ReadonlySet<unknown>
                | ArrayBufferView
                | ArrayBuffer
                | RegExp
                | Error
            ? 'JSON cannot hold this: convert it to an array or an object'
            : JsonValues<T>

/**
 * JSON text. Holds `null`, booleans, finite numbers, strings, arrays and plain objects of these, and whatever has a
 * `toJSON`, which reads back as what `toJSON` gave (a `Date` as a string). A property that is `undefined` is left
 * out, and `-0` becomes `0`. A byte order mark, which some editors write before the text, is passed over.
 *
 * What JSON would drop or change without a word is refused with `InvalidValue`, naming the place: `NaN`, infinities,
 * bigints, functions, symbols, `undefined` in arrays, class instances, maps. A `replacer` lifts this. Under a `schema`, so
 * is what reads back as something that the schema does not accept, unless there is a `reviver`.
 *
 * @example
 * ```ts
 * const users = pipe(files('users'), mapValues(compose(json<User>({ space: 2 }), text())))
 * ```
 */
export function json<T = unknown>(options: RevivingJsonOptions): ValueCodec<T, string>
export function json(options?: JsonOptions): ValueCodec<unknown, string>
export function json<T extends JsonValues<T>>(options?: JsonOptions): ValueCodec<T, string>
export function json(options?: JsonOptions): FittingCodec<unknown, string> {
  const { space, replacer, reviver, strict } = settingsOf('json', OPTIONS, options)
  return {
    name: 'json()',
    decode: text => {
      if (typeof text !== 'string')
        throw corrupt(`json() decodes text, not ${typeName(text)}; put text() or textValues() under it`)
      return parse(!strict && text.startsWith('\ufeff') ? text.slice(1) : text, reviver)
    },
    encode: value => {
      const text = stringify(value, replacer, space)
      if (text === undefined) throw invalidValue(`JSON cannot hold ${typeName(value)}`)
      if (replacer === undefined) assertJson(value)
      return text
    },
    ...(reviver === undefined && replacer === undefined && { mayChange: hasToJson }),
  }
}

maker(json)

function parse(text: string, reviver: JsonOptions['reviver']): unknown {
  try {
    return JSON.parse(text, reviver)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // The engine's message quotes the text, and a stored value must not get into messages.
    const position = /at position \d+/.exec(error.message)?.[0]
    const ended = error.message.includes('end of JSON') ? 'it ends too early' : position
    throw corrupt(`the stored text is not JSON${ended === undefined ? '' : ` (${ended})`}`)
  }
}

/** Whether anything in it reads back as what its `toJSON` gave. */
function hasToJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return ('toJSON' in value && typeof value.toJSON === 'function') || Object.values(value).some(hasToJson)
}

function stringify(
  value: unknown,
  replacer: JsonOptions['replacer'],
  space: JsonOptions['space'],
): string | undefined {
  try {
    return JSON.stringify(value, replacer, space)
  } catch (error) {
    if (!(error instanceof TypeError) || replacer !== undefined) throw error
    // Refused by the engine: looks for a reason to name; the engine's own is a cycle.
    if (!/circular|cyclic/i.test(error.message)) assertJson(value)
    throw invalidValue(error.message.split('\n')[0] ?? 'JSON cannot hold the value')
  }
}

/** Refuses what `JSON.stringify` would have dropped or changed. Called when it has found no cycle. */
function assertJson(value: unknown): void {
  const misfit = findMisfit(value)
  if (misfit === undefined) return
  const { what, path } = misfit
  const place = path === '' ? '' : ` at ${path.length > 100 ? `${path.slice(0, 100).toWellFormed()}…` : path}`
  throw invalidValue(`JSON cannot hold ${what}${place}; convert it, give it a toJSON, or use a replacer`)
}

interface Misfit {
  readonly what: string
  readonly path: string
}

function findMisfit(value: unknown): Misfit | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { what: String(value), path: '' }
  if (typeof value !== 'object') return { what: typeName(value), path: '' }
  if ('toJSON' in value && typeof value.toJSON === 'function') return undefined
  if (Array.isArray(value)) return misfitInArray(value)
  return isPlain(value) ? misfitInRecord(value) : { what: typeName(value), path: '' }
}

function misfitInArray(array: readonly unknown[]): Misfit | undefined {
  for (let index = 0; index < array.length; index++) {
    const misfit = findMisfit(array[index])
    if (misfit !== undefined) return { what: misfit.what, path: `[${index}]${misfit.path}` }
  }
  return undefined
}

function misfitInRecord(record: object): Misfit | undefined {
  for (const name of Object.keys(record)) {
    const part: unknown = (record as Record<string, unknown>)[name]
    const misfit = part === undefined ? undefined : findMisfit(part)
    if (misfit !== undefined) return { what: misfit.what, path: `${printName(name)}${misfit.path}` }
  }
  return undefined
}

function printName(name: string): string {
  return /^[\w$]{1,40}$/.test(name) ? `.${name}` : `[${printKey(name)}]`
}
