import type { ValueCodec } from '@kvdol/core'
import { flag, maker, type OptionsOf, settingsOf, typeName } from '@kvdol/core/adapter'
import { decode as parse, encode as write } from '@msgpack/msgpack'
import { assertData, type Format, MAX_DEPTH } from '../assert-data.ts'
import { corrupt } from '../failure.ts'
import { checkStructure } from './check-structure.ts'
import { settle } from './settle.ts'

const OPTIONS = {
  /**
   * Holds bigints of 64 bits, and reads every integer stored with 64 bits as one. Numbers stay numbers.
   * @default false, integers of 64 bits are read as numbers, and are `Corrupt` beyond `Number.MAX_SAFE_INTEGER`
   */
  bigint: flag.or(false),
}

export type MsgpackOptions = OptionsOf<typeof OPTIONS>

/**
 * MessagePack (https://msgpack.org). Holds `null`, booleans, all numbers, well-formed strings, `Uint8Array`s, dates, and
 * arrays and plain objects of these, to a depth of 100. A property that is `undefined` is left out, and `-0` becomes `0`.
 * Anything else, and a property named `__proto__`, is refused with `InvalidValue`, naming the place.
 *
 * `Corrupt`: bytes that end too early or go on after the value, text that is not UTF-8, keys that are not text, and
 * extension types other than the timestamp.
 *
 * @example
 * ```ts
 * const sessions = pipe(files('sessions'), mapValues(msgpack<Session>()))
 * ```
 */
export function msgpack<T = unknown>(options?: MsgpackOptions): ValueCodec<T, Uint8Array> {
  const { bigint } = settingsOf('msgpack', OPTIONS, options)
  const format = formatOf(bigint)
  return {
    name: 'msgpack()',
    decode: bytes => decode(bytes, bigint) as T,
    encode: value => {
      assertData(format, value)
      return write(value, { useBigInt64: bigint, ignoreUndefined: true, maxDepth: MAX_DEPTH + 1 })
    },
  }
}

maker(msgpack)

function decode(bytes: Uint8Array, bigint: boolean): unknown {
  if (!(bytes instanceof Uint8Array)) throw corrupt(`msgpack() decodes bytes, not ${typeName(bytes)}`)
  checkStructure(bytes)
  return settle(parseAny(bytes), bigint)
}

function parseAny(bytes: Uint8Array): unknown {
  try {
    return parse(bytes, { useBigInt64: true })
  } catch {
    // Only a property named __proto__ is left for the library to refuse.
    throw corrupt('the stored bytes hold an object that cannot be made')
  }
}

function formatOf(bigint: boolean): Format {
  return {
    name: bigint ? 'msgpack({ bigint: true })' : 'msgpack()',
    holds: value => {
      if (typeof value === 'string') return value.isWellFormed()
      if (typeof value === 'bigint') return bigint && fits(value)
      if (value instanceof Date) return !Number.isNaN(value.getTime())
      const simple = value === null || typeof value === 'number' || typeof value === 'boolean'
      return simple || value instanceof Uint8Array
    },
    holdsName: name => name.isWellFormed() && name !== '__proto__',
  }
}

function fits(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value
}
