import type { ValueCodec } from '@kvdol/core'
import { maker, typeName } from '@kvdol/core/adapter'
import { corrupt } from '../failure.ts'
import { StructuredReader } from './reader.ts'
import { StructuredWriter } from './writer.ts'

/**
 * Anything that `structuredClone` can copy and that is data, stored in a compact format of its own, the same on every
 * platform and version: `undefined` inside, `NaN`, `-0`, bigints, any strings, dates, regular expressions, maps, sets,
 * arrays with holes, plain objects, typed arrays, buffers and views (views of one buffer still share it), boxed
 * primitives and errors; cycles and shared parts stay as they are.
 *
 * Refused with `InvalidValue`: functions, symbols, weak collections, promises, shared buffers, and class instances,
 * which would come back without their class. Errors keep name, message and cause, but not their stack; of a buffer
 * only the parts that views in the value show are stored; objects may be nested 1000 deep.
 *
 * @example
 * ```ts
 * const sessions = pipe(files('sessions'), mapValues(structured<Map<string, Date>>()))
 * ```
 */
export function structured<T = unknown>(): ValueCodec<T, Uint8Array> {
  return {
    name: 'structured()',
    decode: bytes => {
      if (!(bytes instanceof Uint8Array)) throw corrupt(`structured() decodes bytes, not ${typeName(bytes)}`)
      return new StructuredReader(bytes).readAll() as T
    },
    encode: value => new StructuredWriter().writeAll(value),
  }
}

maker(structured)
