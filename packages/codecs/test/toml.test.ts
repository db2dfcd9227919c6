import { mapValues, memory, pipe, textValues } from '@kvdol/core'
import { fields } from '@kvdol/core/layers'
import { refusal } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameData } from '../src/same-data.ts'
import { toml } from '../src/toml/index.ts'
import { roundTrip } from './round-trip.ts'

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '',
    '"',
    "'''",
    '\n',
    '\t',
    '#',
    'a.b',
    '[x]',
    '__proto__',
    'constructor',
    'inf',
    '1979-05-27',
  ),
)
const { record } = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.boolean(),
    fc.double({ noDefaultInfinity: false }),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    word,
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2e12) }),
    fc.array(tie('any'), { maxLength: 4 }),
    tie('record'),
  ),
  record: fc.dictionary(word, tie('any'), { maxKeys: 4, noNullPrototype: true }),
}))

describe('toml', () => {
  it('writes and reads', async () => {
    const texts = pipe(memory(), textValues())
    const settings = pipe(
      texts,
      mapValues(toml<{ title: string; owner: { age: number }; ports: number[] }>()),
    )
    await settings.set('a', { title: 'x', owner: { age: 3 }, ports: [1, 2] })
    expect(await texts.get('a')).toBe('title = "x"\nports = [ 1, 2 ]\n\n[owner]\nage = 3\n')
    expect(await settings.get('a')).toEqual({ title: 'x', owner: { age: 3 }, ports: [1, 2] })
  })

  it('gives back any data', () => {
    fc.assert(
      fc.property(record, value => {
        const back = roundTrip(toml(), value as Record<string, unknown>)
        expect(sameData(value, back)).toBe(true)
        expect(sameData(back, value)).toBe(true)
      }),
      // A failure prints its seed.
      { numRuns: 300 },
    )
  })

  it('leaves out what is undefined, and holds large integers and local dates', () => {
    expect(toml().encode({ a: undefined, b: 1 }, 'k')).toBe('b = 1\n')
    expect(toml().decode('n = 9007199254740993', 'k')).toEqual({ n: 9007199254740993n })
    const local = toml().decode('day = 1979-05-27\nat = 07:32:00', 'k') as Record<string, unknown>
    expect(toml().encode(local, 'k')).toBe('day = 1979-05-27\nat = 07:32:00.000\n')
  })

  it('a property named __proto__ is one like any other', () => {
    const value = toml().decode('[__proto__]\npolluted = 1', 'k') as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect({}).not.toHaveProperty('polluted')
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['Array', [1]],
    ['string', 'text'],
    ['Map', new Map()],
    ['null at .a', { a: null }],
    ['null at .a[0]', { a: [null] }],
    ['bigint', { a: 1n }],
    ['Date at .a', { a: new Date(Number.NaN) }],
    ['surrogate', { a: '\ud800' }],
    ['function at .a', { a: () => 1 }],
  ])('refuses %s, by name', (what, value) => {
    const error = refusal(() => toml().encode(value as never, 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain(what)
  })

  it.each([
    ['a = 1\nsecret = 1\nsecret = 2', 'line'],
    ['secret', 'line 1'],
    ['a = "secret', 'not TOML'],
    ['[a]\n[a]', 'line 2'],
    [`secret = ${'['.repeat(200)}${']'.repeat(200)}`, ''],
    [5 as never, 'number'],
  ])('finds %j corrupt, without quoting it', (stored, what) => {
    const error = refusal(() => toml().decode(stored, 'k'))
    expect(error.code).toBe('Corrupt')
    expect(error.message).toContain(what)
    expect(`${error.message} ${String(error.cause)}`).not.toContain('secret')
  })

  it('is a value whose fields make a store', async () => {
    const texts = pipe(memory(), textValues())
    const server = fields({ store: texts, key: 'app.toml', values: toml() }, ['server'])
    await server.set('port', 80)
    expect(await texts.get('app.toml')).toBe('[server]\nport = 80\n')
  })
})
