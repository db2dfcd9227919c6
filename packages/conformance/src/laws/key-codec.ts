import type { KeyCodec } from '@kvdol/core'
import fc from 'fast-check'
import { ensure, Violation } from '../assert.ts'
import { type Case, runner } from '../case.ts'
import type { Clause } from '../contract.ts'
import { compareUtf8Bytes } from '../order.ts'

/** What the laws of a key codec are tried on. */
export interface KeyCodecSubject<Outer, Inner> {
  readonly name?: string
  /** Outer keys that the codec takes: an arbitrary, or examples. */
  readonly keys: fc.Arbitrary<Outer> | readonly Outer[]
  /** Inner keys that are in no view of this codec: `decode` gives undefined for each. */
  readonly foreign?: readonly Inner[]
  /** A prefix of a key, to try what is pushed down. @default the beginnings of string keys */
  readonly prefixOf?: (key: Outer, length: number) => unknown
  /** @default 1 */
  readonly seed?: number
}

/** The laws of a key codec as cases: it is one to one, with a partial inverse that knows its own image. */
export function keyCodecLaws<Outer, Inner>(
  codec: KeyCodec<Outer, Inner>,
  { name = codec.name ?? 'codec', keys, foreign = [], prefixOf, seed = 1 }: KeyCodecSubject<Outer, Inner>,
): Case[] {
  const key = arbitraryOf(keys)
  const law = (clause: Clause, title: string, property: fc.IRawProperty<unknown>) =>
    caseOf(clause, `${name}: ${title}`, property, seed)
  return [
    law(
      'Q1',
      'decode undoes encode',
      fc.property(key, outer => {
        same(codec.decode(codec.encode(outer)), outer, 'decode(encode(key)) is the key', outer)
      }),
    ),
    law(
      'Q2',
      'different keys have different encodings',
      fc.property(key, key, (one, other) => {
        if (token(one) === token(other)) return
        ensure(
          token(codec.encode(one)) !== token(codec.encode(other)),
          'encode is one to one',
          `one encoding for ${token(one)} and ${token(other)}`,
        )
      }),
    ),
    law(
      'Q3',
      'decode accepts only what encode makes',
      fc.property(
        fc.constantFrom(...foreign, ...sample(key, seed).map(each => codec.encode(each))),
        inner => {
          const outer = codec.decode(inner)
          const own = !foreign.includes(inner)
          ensure(
            own === (outer !== undefined),
            own ? 'its own encodings are decoded' : 'a foreign key is not decoded',
            token(outer),
            inner,
          )
          if (outer !== undefined)
            same(codec.encode(outer), inner, 'encode(decode(inner)) is the inner key', inner)
        },
      ),
    ),
    law(
      'Q4',
      'the pushed-down prefix covers every key with the outer prefix',
      fc.property(key, fc.nat(20), (outer, length) => {
        const inner = codec.encode(outer)
        if (codec.prefix === undefined || typeof inner !== 'string') return
        const given =
          prefixOf === undefined
            ? typeof outer === 'string'
              ? outer.slice(0, length).toWellFormed()
              : undefined
            : prefixOf(outer, length)
        const asked =
          typeof given === 'string' && typeof outer === 'string' && !outer.startsWith(given)
            ? undefined
            : given
        for (const pushed of [codec.prefix(), codec.prefix(asked as never)])
          ensure(
            pushed === undefined || inner.startsWith(String(pushed)),
            'the inner key starts with the pushed-down prefix',
            `prefix ${token(pushed)}, key ${token(inner)}`,
            outer,
          )
      }),
    ),
    law(
      'Q5',
      'a codec that says it is ordered keeps the order',
      fc.property(key, key, (one, other) => {
        if (codec.ordered !== true) return
        const [a, b] = [codec.encode(one), codec.encode(other)]
        if (![one, other, a, b].every(each => typeof each === 'string')) return
        const [outer, inner] = [
          compareUtf8Bytes(String(one), String(other)),
          compareUtf8Bytes(String(a), String(b)),
        ]
        ensure(
          Math.sign(outer) === Math.sign(inner),
          'the order of inner keys is that of outer keys',
          `${token(one)} and ${token(other)}`,
        )
      }),
    ),
  ]
}

/** Of a law, in milliseconds; nothing in it waits. */
const LONGEST = 60_000

/** Runs a property; a failure shows the seed and the smallest example. */
export function caseOf(
  clause: Clause,
  title: string,
  property: fc.IRawProperty<unknown>,
  seed: number,
): Case {
  const run = runner(clause, async () => {
    const result = await fc.check(property, { seed, numRuns: 200 })
    if (!result.failed) return
    const message =
      result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance)
    throw new Violation(
      title,
      `${message}\n  seed:  ${seed}\n  found: ${fc.stringify(result.counterexample)}`,
      undefined,
      result.errorInstance,
    )
  })
  return { clause, name: `${clause} ${title}`, timeout: LONGEST, alone: false, run }
}

/** An arbitrary, also of examples. */
export function arbitraryOf<T>(given: fc.Arbitrary<T> | readonly T[]): fc.Arbitrary<T> {
  return given instanceof fc.Arbitrary ? given : fc.constantFrom(...given)
}

function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number): T[] {
  return fc.sample(arbitrary, { seed, numRuns: 50 })
}

function same(actual: unknown, expected: unknown, wants: string, key: unknown): void {
  ensure(token(actual) === token(expected), wants, `${token(actual)} instead of ${token(expected)}`, key)
}

/** A text that is the same for equal values. */
export function token(value: unknown): string {
  return fc.stringify(value)
}
