import { mapValues, memory, pipe, textValues, type ValueCodec } from '@kvdol/core'
import { bytes, refusal } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRecords } from '../src/csv/index.ts'
import { roundTrip } from './round-trip.ts'

const points = csvRecords({ fields: ['x', 'y'], cast: { x: Number } })
/** Takes records that the types of `points` refuse. */
const loose = points as unknown as ValueCodec<readonly object[], string>

describe('csvRecords', () => {
  it('writes a header, reads with casts', () => {
    expect(loose.encode([{ x: 1, y: 2 }], 'k')).toBe('x,y\r\n1,2\r\n')
    expect(points.decode('x,y\r\n1,2\r\n', 'k')).toEqual([{ x: 1, y: '2' }])
  })

  it('a missing field is an empty cell, an unknown one an error', () => {
    expect(loose.encode([{ x: 1 }, { y: 'a' }, { x: undefined, y: null }], 'k')).toBe(
      'x,y\r\n1,\r\n,a\r\n,\r\n',
    )
    const error = refusal(() => loose.encode([{ x: 1 }, { x: 1, z: 2 }], 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain('record 1 has the field "z"')
  })

  it('gives back any records of well-formed strings', () => {
    const fields = ['a', 'B c', '__proto__', 'constructor', '', '"'] as const
    const codec = csvRecords({ fields })
    const text = fc.string({ unit: 'binary', maxLength: 6 })
    const records = fc.array(fc.tuple(text, text, text, text, text, text), { maxLength: 5 })
    fc.assert(
      fc.property(records, rows => {
        const value = rows.map(row => Object.fromEntries(fields.map((field, index) => [field, row[index]])))
        const back = roundTrip(codec as ValueCodec<readonly object[], string>, value)
        expect(back.map(Object.entries)).toEqual(value.map(Object.entries))
      }),
    )
  })

  it('gives back numbers, dates and absent values where the casts fit', () => {
    const codec = csvRecords({
      fields: ['n', 'd', 'o'],
      cast: {
        n: Number,
        d: text => new Date(text),
        o: text => (text === '' ? undefined : Number(text)),
      },
    })
    const value = [
      { n: -1.5e300, d: new Date(1), o: undefined },
      { n: Number.NaN, d: new Date(2), o: 3 },
    ]
    expect(roundTrip(codec, value)).toEqual(value)
  })

  it('treats a column named __proto__ as any other', () => {
    const codec = csvRecords({ fields: ['__proto__', 'toString'] })
    const [record] = codec.decode('__proto__,toString\r\npolluted,1\r\n', 'k') as object[]
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
    expect(Object.entries(record ?? {})).toEqual([
      ['__proto__', 'polluted'],
      ['toString', '1'],
    ])
    expect((codec as ValueCodec<readonly object[], string>).encode([{}], 'k')).toBe(
      '__proto__,toString\r\n,\r\n',
    )
  })

  it.each<[string, object[]]>([
    ['x,y\n', []],
    ['y,x\n2,1\n', [{ x: 1, y: '2' }]],
    ['\n\nx,y\n\n1,2\n\n', [{ x: 1, y: '2' }]],
    ['\ufeffx,y\n1,2', [{ x: 1, y: '2' }]],
  ])('reads %j', (stored, records) => {
    expect(points.decode(stored, 'k')).toEqual(records)
  })

  it('tells an empty cell of a lone column from an empty line', () => {
    const codec = csvRecords({ fields: ['x'] })
    expect(codec.encode([{ x: '' }], 'k')).toBe('x\r\n""\r\n')
    expect(roundTrip(codec, [{ x: '' }, { x: 'a' }])).toEqual([{ x: '' }, { x: 'a' }])
  })

  it.each([
    ['', 'no header'],
    ['\n\n', 'no header'],
    ['x\n1\n', 'no column "y"'],
    ['x,y,x\n1,2,3\n', '"x" twice'],
    ['x,y,secret\n', 'columns other than "x", "y"'],
    ['x,y\n"1\n",2\nsecret\n', 'line 4 has 1 cells, not 2'],
    ['x,y\n1,2,secret\n', 'line 2 has 3 cells, not 2'],
    ['x,y\n1,"a\r\n\r\nb"\n\nsecret,\n', 'line 6, column "x"'],
    ['x,y\n1,"', 'line 2'],
  ])('finds %j corrupt', (stored, what) => {
    const error = refusal(() => points.decode(stored, 'k'))
    expect(error.code).toBe('Corrupt')
    expect(error.message).toContain(what)
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('secret')
  })

  it('finds the text corrupt when a cast throws, without quoting the cell', async () => {
    const inner = memory()
    const store = pipe(inner, textValues(), mapValues(csvRecords({ fields: ['n'], cast: { n: BigInt } })))
    await inner.set('a', bytes('n\r\n1\r\nsecret\r\n'))
    const error = await store.get('a').then(
      () => undefined,
      error => error,
    )
    expect(error).toMatchObject({ code: 'Corrupt', key: 'a' })
    expect(error.message).toContain('line 3, column "n"')
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('secret')
  })

  it.each<[unknown, string]>([
    [{ x: 1 }, 'array of records'],
    [['x'], 'record 0 is a value of type string'],
    [[null], 'record 0 is null'],
    [[['x']], 'record 0 is a value of type Array'],
    [[new (class Point {})()], 'record 0 is a value of type Point'],
    [[{ x: {} }], 'row 0, column "x"'],
    [[{ x: '\udc00' }], 'surrogate'],
  ])('refuses %j', (value, what) => {
    const error = refusal(() => loose.encode(value as never, 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain(what)
  })

  it('goes without a header where it says so', () => {
    const codec = csvRecords({ fields: ['x', 'y'], header: false, cast: { x: Number } })
    expect(codec.decode('1,2\n\n3,4\n', 'k')).toEqual([
      { x: 1, y: '2' },
      { x: 3, y: '4' },
    ])
    expect(codec.encode([{ x: 1, y: '2' }], 'k')).toBe('1,2\r\n')
    expect([codec.decode('', 'k'), codec.encode([], 'k')]).toEqual([[], ''])
    expect(refusal(() => codec.decode('1,2\n3\n', 'k')).message).toContain('line 2 has 1 cells')
    expect(() => csvRecords({ fields: ['x'], header: 'no' as never })).toThrow(TypeError)
  })

  it('throws TypeError for fields and casts that make no sense', () => {
    expect(() => csvRecords({ fields: [] })).toThrow(TypeError)
    expect(() => csvRecords({ fields: ['a', 'a'] })).toThrow(TypeError)
    expect(() => csvRecords({ fields: 'ab' as never })).toThrow(TypeError)
    expect(() => csvRecords({ fields: ['a'], cast: { b: Number } as never })).toThrow(/cast for "b"/)
    expect(() => csvRecords({ fields: ['a'], cast: { a: 1 } as never })).toThrow(TypeError)
  })
})
