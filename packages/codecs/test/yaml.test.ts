import { mapValues, memory, pipe, textValues } from '@kvdol/core'
import { refusal, text as textOf } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { yaml } from '../src/yaml/index.ts'
import { roundTrip } from './round-trip.ts'

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.string({
    unit: fc.constantFrom(' ', '\n', '\t', '\r', ':', '-', '#', '"', "'", 'a', '\u2028'),
    maxLength: 8,
  }),
  fc.constantFrom(
    '',
    '~',
    'null',
    'yes',
    'on',
    '<<',
    '---',
    '...',
    '1e3',
    '0x1',
    '.nan',
    '2001-01-01',
    '\ufeff',
  ),
)
const data = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.double(),
    fc.integer(),
    word,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(word, tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any

describe('yaml', () => {
  it('writes and reads', async () => {
    const store = memory()
    const settings = pipe(store, textValues(), mapValues(yaml<{ name: string; ports: number[] }>()))
    await settings.set('a', { name: 'x', ports: [1, 2] })
    expect(textOf(await store.get('a'))).toBe('name: x\nports:\n  - 1\n  - 2\n')
    expect(await settings.get('a')).toEqual({ name: 'x', ports: [1, 2] })
  })

  it('gives back any data', () => {
    fc.assert(
      fc.property(data, value => {
        expect(roundTrip(yaml(), value)).toStrictEqual(value)
      }),
      { numRuns: 300 },
    )
  })

  it('leaves out properties that are undefined, and writes shared parts twice', () => {
    const shared = { x: 1 }
    expect(yaml().encode({ a: undefined, b: shared, c: shared }, 'k')).toBe('b:\n  x: 1\nc:\n  x: 1\n')
  })

  it('keeps lines that are only spaces', () => {
    const lines = { text: ' \n', texts: ['a\n  \nb', '\t\n'] }
    expect(roundTrip<unknown, string>(yaml(), lines)).toEqual(lines)
  })

  it.each<[string, unknown]>([
    ['', null],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['1: a\ntrue: b', { 1: 'a', true: 'b' }],
    ['<<: {a: 1}', { '<<': { a: 1 } }],
    ['%YAML 1.1\n---\na: yes', { a: 'yes' }],
    ['a: 2001-01-01', { a: '2001-01-01' }],
    ['!!str 1', '1'],
    ['# only a comment', null],
    ['a: |\n  b\n  c\n', { a: 'b\nc\n' }],
    ['a: .inf\nb: -0', { a: Number.POSITIVE_INFINITY, b: -0 }],
  ])('reads %j', (stored, value) => {
    expect(yaml().decode(stored, 'k')).toStrictEqual(value)
  })

  it('reads a property named __proto__ as any other', () => {
    const value = yaml().decode('__proto__: {polluted: 1}', 'k') as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect({}).not.toHaveProperty('polluted')
  })

  it.each([
    ['a: 1\nsecret: 1\nsecret: 2', 'DUPLICATE_KEY, line 3'],
    ['1: a\n"1": b', 'DUPLICATE_KEY'],
    ['a: 1\nb: !secret x', 'TAG_RESOLVE_FAILED, line 2'],
    ['!!js/function secret', 'TAG_RESOLVE_FAILED'],
    ['!!binary aGk=', 'TAG_RESOLVE_FAILED'],
    ['!!set {secret}', 'TAG_RESOLVE_FAILED'],
    ['[secret]: 1', 'NON_STRING_KEY'],
    ['secret: [', 'line 1'],
    ['a\n---\nsecret', 'MULTIPLE_DOCS, line 2'],
    ['%SECRET x\n---\na', 'BAD_DIRECTIVE'],
    ['a: *secret', 'aliases'],
    ['a: &secret {b: *secret}', 'a cycle'],
    ['secret: "\\ud800"', 'surrogate'],
    [`secret: ${'['.repeat(101)}${']'.repeat(101)}`, '100 levels'],
  ])('finds %j corrupt, without quoting it', (stored, what) => {
    const error = refusal(() => yaml().decode(stored, 'k'))
    expect(error.code).toBe('Corrupt')
    expect(error.message).toContain(what)
    expect(`${error.message} ${String(error.cause)}`).not.toContain('secret')
  })

  it('finds aliases corrupt that would fill the memory', () => {
    const lines = [...'bcdefghij'].map((name, index) => {
      const alias = `*${'abcdefghij'[index]}`
      return `${name}: &${name} [${Array(9).fill(alias).join()} ]`.replaceAll(',', ' ,')
    })
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${lines.join('\n')}`
    expect(refusal(() => yaml().decode(bomb, 'k'))).toMatchObject({ code: 'Corrupt' })
  })

  it.each([['['.repeat(20_000)], ['- '.repeat(20_000)], ['{a: '.repeat(20_000)]])(
    'finds endless nesting corrupt',
    stored => {
      expect(refusal(() => yaml().decode(stored, 'k'))).toMatchObject({ code: 'Corrupt' })
    },
  )

  it.each([[1], [undefined], [new Uint8Array(1)]])('finds %j corrupt', stored => {
    expect(refusal(() => yaml().decode(stored as never, 'k'))).toMatchObject({ code: 'Corrupt' })
  })

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [[undefined], 'undefined at [0]'],
    [{ a: { 'b c': 1n } }, 'a bigint'],
    [{ a: [new Date(0)] }, 'a value of type Date at .a[0]'],
    [new Map(), 'a value of type Map'],
    [{ a: () => 1 }, 'function at .a'],
    [{ a: '\ud800' }, 'surrogate pair at .a'],
    [{ '\ud800': 1 }, 'a property named'],
    [new Uint8Array(1), 'a value of type Uint8Array'],
  ])('refuses %s', (value, what) => {
    const error = refusal(() => yaml().encode(value, 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain(what)
  })

  it('refuses cycles and more than 100 levels', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = [cycle]
    expect(refusal(() => yaml().encode(cycle, 'k')).message).toContain('a cycle at .self[0]')
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    expect(roundTrip(yaml(), nested(100))).toEqual(nested(100))
    expect(refusal(() => yaml().encode(nested(101), 'k'))).toMatchObject({ code: 'InvalidValue' })
  })

  it('takes time in proportion to keys, and to anchors and aliases', () => {
    const record = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key ${index}`, index]))
    const back = yaml().decode(yaml().encode(record, 'k') as string, 'k')
    expect(JSON.stringify(back)).toBe(JSON.stringify(record))
    const anchors = Array.from({ length: 4000 }, (_, index) => `- &a${index} ${index}\n- *a${index}\n`)
    const values = yaml().decode(anchors.join(''), 'k') as number[]
    expect(values.filter((value, index) => value !== index >> 1)).toEqual([])
  })

  it('finds a key that occurs twice wherever it stands, also after a byte order mark', () => {
    for (const [stored, line] of [
      ['\ufeffa: 1\nb: 2\n\na: 3\n', 4],
      ['- x: {k: 1,\n    l: {k: 2, l: 1, l: 2}}\n', 2],
      ['1: a\n"1": b\n', 2],
    ] as const)
      expect(refusal(() => yaml().decode(stored, 'k')).message).toContain(`DUPLICATE_KEY, line ${line}`)
    expect(yaml().decode('\ufeffa: 1\nb: {a: 2}\n', 'k')).toEqual({ a: 1, b: { a: 2 } })
  })

  it('gives an alias what its anchor stood for last before it', () => {
    expect(yaml().decode('[&a 1, *a, &a {b: &a 2, c: *a}, *a]', 'k')).toEqual([1, 1, { b: 2, c: 2 }, 2])
    const record = yaml().decode('__proto__: &p {constructor: 1}\nb: *p', 'k') as object
    expect(Object.entries(record)).toEqual([
      ['__proto__', { constructor: 1 }],
      ['b', { constructor: 1 }],
    ])
  })
})
