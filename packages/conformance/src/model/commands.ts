import fc from 'fast-check'
import { oddKeys } from '../odd-keys.ts'

/** One random step, as plain data that a failure message can show. */
export type Step =
  | { readonly do: 'set' | 'ifAbsent' | 'writeStream'; readonly key: string; readonly value: Uint8Array }
  | { readonly do: 'ifMatch'; readonly key: string; readonly value: Uint8Array; readonly stale: boolean }
  | { readonly do: 'get' | 'delete'; readonly key: string }
  | { readonly do: 'deleteIfMatch'; readonly key: string; readonly stale: boolean }
  | { readonly do: 'range'; readonly key: string; readonly start: number; readonly length: number }
  | { readonly do: 'list'; readonly prefix: string; readonly limit: number | undefined }
  | { readonly do: 'after'; readonly after: string; readonly prefix: string }
  | { readonly do: 'setMany'; readonly entries: readonly (readonly [string, Uint8Array])[] }
  | { readonly do: 'deleteMany'; readonly keys: readonly string[] }
  | { readonly do: 'clear'; readonly prefix: string }
  | { readonly do: 'reopen' }

/**
 * All of Unicode but halves of surrogate pairs. Made of numbers: fast-check's own way writes down a million characters when
 * this module is loaded, which takes as long as the whole kit.
 */
const codePoints = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 0xd7ff }), weight: 1 },
  { arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }), weight: 15 },
)
const text = fc
  .array(codePoints, { minLength: 1, maxLength: 12 })
  .map(points => String.fromCodePoint(...points))

/** Few keys that meet often, and odd ones, and any text. */
const keys = fc.oneof(
  { arbitrary: fc.constantFrom('a', 'a/', 'a/b', 'ab', 'A', 'b', 'b/c', 'key', 'é', 'e\u0301'), weight: 6 },
  { arbitrary: fc.constantFrom(...oddKeys), weight: 2 },
  { arbitrary: text, weight: 1 },
)
const values = fc.uint8Array({ maxLength: 40 })
const prefixes = fc.oneof(fc.constantFrom('', 'a', 'a/', 'b', 'A', '%', '.'), keys)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('set', 'ifAbsent', 'writeStream'), key: keys, value: values }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('ifMatch'), key: keys, value: values, stale: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('get', 'delete'), key: keys }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deleteIfMatch'), key: keys, stale: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('range'), key: keys, start: fc.nat(45), length: fc.nat(45) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('list'),
      prefix: prefixes,
      limit: fc.option(fc.nat(5), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('after'), after: keys, prefix: prefixes }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('setMany'),
      entries: fc.array(fc.tuple(keys, values), { maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('deleteMany'), keys: fc.array(keys, { maxLength: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear'), prefix: fc.constantFrom('a', 'a/', 'b') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen') }) },
)

/** Random sequences of steps. */
export function stepsOf(commands: number): fc.Arbitrary<Step[]> {
  return fc.array(step, { minLength: 1, maxLength: commands, size: 'max' })
}
