import type { ValueCodec } from '@kvdol/core'
import fc from 'fast-check'
import { ensure, expectBytes } from '../assert.ts'
import { concat } from '../bytes.ts'
import type { Case } from '../case.ts'
import type { Clause } from '../contract.ts'
import { arbitraryOf, caseOf, token } from './key-codec.ts'

/** What the laws of a value codec are tried on. */
export interface ValueCodecSubject<Outer, Inner, K> {
  readonly name?: string
  /** Outer values that the codec holds: an arbitrary, or examples. */
  readonly values: fc.Arbitrary<Outer> | readonly Outer[]
  /** Outer values that it cannot hold: `encode` throws for each. */
  readonly refused?: readonly unknown[]
  /** Stored values that it cannot decode: `decode` throws for each. */
  readonly damaged?: readonly Inner[]
  /** The key that both directions get. @default 'key' */
  readonly key?: K
  /** How values are compared. @default by structure */
  readonly equal?: (a: Outer, b: Outer) => boolean
  /** @default 1 */
  readonly seed?: number
}

/** The laws of a value codec as cases: what goes in comes out, and nothing else goes in or out. */
export function valueCodecLaws<Outer, Inner, K = string>(
  codec: ValueCodec<Outer, Inner, K>,
  given: ValueCodecSubject<Outer, Inner, K>,
): Case[] {
  const { name = codec.name ?? 'codec', values, refused = [], damaged = [], seed = 1 } = given
  const { key = 'key' as K, equal = (a, b) => token(a) === token(b) } = given
  const law = (clause: Clause, title: string, property: fc.IRawProperty<unknown>) =>
    caseOf(clause, `${name}: ${title}`, property, seed)
  const cases = [
    law(
      'Q6',
      'decode undoes encode',
      fc.asyncProperty(arbitraryOf(values), async outer => {
        const back = await codec.decode(await codec.encode(outer, key), key)
        ensure(
          equal(back, outer),
          'decode(encode(value)) is the value',
          `${token(back)} instead of ${token(outer)}`,
        )
        ensure(back !== undefined, 'decode never gives undefined, which would mean absent', 'undefined')
      }),
    ),
    law(
      'Q6',
      'encode leaves the value as it was',
      fc.asyncProperty(arbitraryOf(values), async outer => {
        const before = token(outer)
        await codec.encode(outer, key)
        ensure(token(outer) === before, 'encode does not change what it is given', token(outer))
      }),
    ),
    ...refused.map(value =>
      law(
        'Q7',
        `refuses ${token(value).slice(0, 60)}`,
        throwing(() => codec.encode(value as Outer, key)),
      ),
    ),
    ...damaged.map(value =>
      law(
        'Q7',
        `rejects ${token(value).slice(0, 60)}`,
        throwing(() => codec.decode(value, key)),
      ),
    ),
  ]
  const { stream } = codec
  if (stream === undefined) return cases
  return [
    ...cases,
    law(
      'Q8',
      'chunks give what the whole gives',
      fc.asyncProperty(arbitraryOf(values), fc.integer({ min: 1, max: 50 }), async (outer, length) => {
        if (!(outer instanceof Uint8Array)) return
        const stored = await concat(stream.encode(cut(outer, length)))
        ensure(
          equal(await codec.decode(stored as Inner, key), outer),
          'what a stream encodes is decoded whole',
          token(stored),
        )
        expectBytes(
          await concat(stream.decode(cut((await codec.encode(outer, key)) as Uint8Array, length))),
          outer,
          'what was encoded whole is decoded by stream',
        )
      }),
    ),
  ]
}

function throwing(run: () => unknown): fc.IRawProperty<unknown> {
  return fc.asyncProperty(fc.constant(undefined), async () => {
    let result: unknown
    try {
      result = await run()
    } catch {
      return
    }
    ensure(false, 'what cannot be held or decoded throws', token(result))
  })
}

async function* cut(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.byteLength; start += length) yield bytes.slice(start, start + length)
}
