import { byExtension, compose, gzip, json, mapValues, memory, pipe, text, type ValueCodec } from '@kvdol/core'
import { refusal, text as textOf } from '@kvdol/test-support'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { type Cell, csv } from '../src/csv/index.ts'
import { roundTrip } from './round-trip.ts'

const cell = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\r', '\n', '\ufeff', ' ', 'a', 'é'), maxLength: 6 }),
)
const table = fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 6 })

describe('csv', () => {
  it('writes text and reads strings', () => {
    const rows = [
      ['a', 'b', 1],
      [null, 'x,y', 2.5],
    ]
    const stored = csv().encode(rows, 'k')
    expect(stored).toBe('a,b,1\r\n,"x,y",2.5\r\n')
    expect(csv().decode(stored as string, 'k')).toEqual([
      ['a', 'b', '1'],
      ['', 'x,y', '2.5'],
    ])
  })

  it('is one of the codecs by extension', async () => {
    const store = memory()
    const data = pipe(
      store,
      mapValues(
        byExtension({
          '.json': compose(json<{ a: number }>(), text()),
          '.csv': compose(csv(), text()),
          '.txt': text(),
          '.gz': gzip(),
        }),
      ),
    )
    const values = { 'a.json': { a: 1 }, 'b.csv': [['x', '1']], 'c.txt': 'é', 'd.csv.gz': [['y']] }
    await data.setMany(Object.entries(values))
    for (const [key, value] of Object.entries(values)) expect(await data.get(key)).toEqual(value)
    expect(textOf(await store.get('b.csv'))).toBe('x,1\r\n')
    expect([...((await store.get('d.csv.gz')) ?? [])].slice(0, 2)).toEqual([0x1f, 0x8b])
  })

  it('gives back any rows of well-formed strings, in any dialect', () => {
    const dialect = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', '§', 'a', ' '),
      newline: fc.constantFrom('\r\n' as const, '\n' as const),
    })
    fc.assert(
      fc.property(table, dialect, (rows, options) => {
        expect(roundTrip(csv(options), rows)).toEqual(rows)
      }),
    )
  })

  it('reads or refuses any text, and what it has read is stable', () => {
    const anyText = fc.string({
      unit: fc.constantFrom('"', ',', '\r', '\n', '\r\n', '\ufeff', 'a'),
      maxLength: 20,
    })
    fc.assert(
      fc.property(anyText, stored => {
        let rows: readonly (readonly Cell[])[]
        try {
          rows = csv().decode(stored, 'k') as typeof rows
        } catch (error) {
          expect(error).toMatchObject({ code: 'Corrupt' })
          return
        }
        expect(roundTrip(csv(), rows)).toEqual(rows)
      }),
      { numRuns: 500 },
    )
  })

  it.each<[string, string[][], string]>([
    ['no rows', [], ''],
    ['a row without cells', [[]], '\r\n'],
    ['one empty cell', [['']], '""\r\n'],
    ['empty cells', [['', '']], ',\r\n'],
    ['rows of any length', [['a'], [], ['b', 'c']], 'a\r\n\r\nb,c\r\n'],
    ['quotes', [['"', 'a"b']], '"""","a""b"\r\n'],
    ['line breaks', [['a\nb', 'c\rd', 'e\r\nf']], '"a\nb","c\rd","e\r\nf"\r\n'],
    ['spaces', [[' a ', '\t']], ' a ,\t\r\n'],
    ['a byte order mark in a cell', [['\ufeffa']], '"\ufeffa"\r\n'],
    ['what a spreadsheet would compute', [['=1+1']], '=1+1\r\n'],
  ])('writes %s so that they come back', (_, rows, stored) => {
    expect(csv().encode(rows, 'k')).toBe(stored)
    expect(csv().decode(stored, 'k')).toEqual(rows)
  })

  it.each<[Cell, string]>([
    [0.1, '0.1'],
    [-0, '0'],
    [Number.NaN, 'NaN'],
    [2n ** 64n, '18446744073709551616'],
    [true, 'true'],
    [null, ''],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('writes %s as text', (value, stored) => {
    expect(csv().encode([['x', value]], 'k')).toBe(`x,${stored}\r\n`)
  })

  it.each<[string, string[][]]>([
    ['\ufeffa,b\n', [['a', 'b']]],
    ['\ufeff"a"\n', [['a']]],
    ['a\rb\nc\r\nd', [['a'], ['b'], ['c'], ['d']]],
    ['a\n\n""\n', [['a'], [], ['']]],
    ['a,\n', [['a', '']]],
    ['a\0b', [['a\0b']]],
  ])('reads %j', (stored, rows) => {
    expect(csv().decode(stored, 'k')).toEqual(rows)
  })

  it.each([
    ['"secret', 'line 1', 'not closed'],
    ['a\n"b\r\nc"\r\nx,"secret"s\r\n', 'line 4', 'follows a closing quote'],
    ['a\n\n"\r\n\r\n",b\nsecret"\n', 'line 6', 'inside of a cell'],
    ['a\n""\nb\n"secret\n\n', 'line 4', 'not closed'],
  ])('finds %j corrupt, and says where without quoting it', (stored, line, reason) => {
    const error = refusal(() => csv().decode(stored, 'k'))
    expect(error).toMatchObject({ code: 'Corrupt' })
    expect(error.message).toContain(line)
    expect(error.message).toContain(reason)
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('secret')
  })

  it.each([[1], [undefined], [new Uint8Array(1)], ['\ud800']])('finds %j corrupt', stored => {
    expect(refusal(() => csv().decode(stored as never, 'k'))).toMatchObject({ code: 'Corrupt' })
  })

  it.each<[unknown, string]>([
    ['a,b', 'array of rows'],
    [['a'], 'row 0'],
    [[['a'], ['b', undefined]], 'row 1, column 1: undefined'],
    [[Array(1)], 'row 0, column 0: undefined'],
    [[[{}]], 'a value of type Object'],
    [[[['a']]], 'a value of type Array'],
    [[[Symbol('s')]], 'symbol'],
    [[[new Date(Number.NaN)]], 'invalid date'],
    [[['\ud800']], 'surrogate'],
  ])('refuses %j', (value, what) => {
    const error = refusal(() => csv().encode(value as never, 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain(what)
  })

  it.each([[{ delimiter: '' }], [{ delimiter: ', ' }], [{ delimiter: '"' }], [{ delimiter: '\n' }]])(
    'throws TypeError for %j',
    options => {
      expect(() => csv(options)).toThrow(TypeError)
    },
  )

  it('throws TypeError for another newline', () => {
    expect(() => csv({ newline: '\r' as never })).toThrow(TypeError)
  })

  it.each([
    [{ header: 'yes' }],
    [{ header: [] }],
    [{ header: ['a', 'a'] }],
    [{ header: [1] }],
    [{ hedaer: true }],
  ])('throws TypeError for %j', options => {
    expect(() => csv(options as never)).toThrow(TypeError)
  })
})

describe('csv beside csv-parse and Papa Parse', () => {
  const newlines = ['\r\n', '\n', '\r']
  const options = { bom: true, record_delimiter: newlines, relax_column_count: true, raw: true }

  /** The rows by csv-parse, or `undefined` where it refuses the text. */
  function byCsvParse(stored: string, delimiter: string): string[][] | undefined {
    try {
      const rows = parse(stored, { ...options, delimiter }) as unknown as { record: string[]; raw: string }[]
      // It gives one empty cell for an empty line as for `""`.
      return rows.map(({ record, raw }) =>
        record.length === 1 && record[0] === '' && !raw.includes('"') ? [] : record,
      )
    } catch {
      return undefined
    }
  }

  it.each([',', ';', '\t', 'a'])('reads and refuses the same, between %j', delimiter => {
    const unit = fc.constantFrom('"', '"', ',', ';', '\t', '\r', '\n', '\r\n', 'a', 'é', '\ufeff', '""')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 24 }), stored => {
        // A mark that is quoted is a part of the cell, which csv-parse leaves out.
        fc.pre(!stored.startsWith('"\ufeff'))
        let rows: unknown
        try {
          rows = csv({ delimiter }).decode(stored, 'k')
        } catch {}
        expect(rows).toEqual(byCsvParse(stored, delimiter))
      }),
      { numRuns: 2000 },
    )
  })

  it('reads what Papa Parse writes, and writes what it reads', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }), rows => {
        expect(csv().decode(Papa.unparse(rows), 'k')).toEqual(rows)
        const { data } = Papa.parse(csv().encode(rows, 'k') as string, { newline: '\r\n', delimiter: ',' })
        expect(data.slice(0, -1)).toEqual(rows)
      }),
    )
  })
})

describe('csv with a header', () => {
  const any = csv({ header: true })
  const given = csv({ header: ['x', 'y'] })

  it('true: records by whatever names the text has', () => {
    expect(any.decode('\ufeffb,a\r\n1,2\r\n\r\n"3",\r\n', 'k')).toEqual([
      { b: '1', a: '2' },
      { b: '3', a: '' },
    ])
    expect(any.encode([{ b: 1 }, { a: 'x,y', b: null }], 'k')).toBe('b,a\r\n1,\r\n,"x,y"\r\n')
    expect([any.decode('', 'k'), any.decode('a,b\n', 'k'), any.encode([], 'k')]).toEqual([[], [], ''])
  })

  it('has as many columns as you like: each is looked at once', () => {
    const names = Array.from({ length: 400_000 }, (_, column) => `c${column}`)
    const record = Object.fromEntries(names.map(name => [name, name]))
    expect(any.decode(`${names.join()}\n${names.join()}\n`, 'k')).toEqual([record])
  })

  it('names: records of a text without a header', () => {
    expect(given.decode('1,2\nx,y\n', 'k')).toEqual([
      { x: '1', y: '2' },
      { x: 'x', y: 'y' },
    ])
    expect(given.encode([{ y: '2', x: '1' }], 'k')).toBe('1,2\r\n')
    expect([given.decode('', 'k'), given.encode([], 'k')]).toEqual([[], ''])
    const one = csv({ header: ['x'] })
    expect(roundTrip(one, [{ x: '' }, { x: 'a' }])).toEqual([{ x: '' }, { x: 'a' }])
  })

  it('false: rows, as without the option', () => {
    expect(csv({ header: false }).decode('a\nb\n', 'k')).toEqual([['a'], ['b']])
  })

  it('gives back any records of strings', () => {
    const names = ['a', 'B c', '__proto__', 'constructor', '', '"']
    const record = fc.tuple(...names.map(() => cell))
    fc.assert(
      fc.property(fc.array(record, { maxLength: 4 }), fc.boolean(), (rows, named) => {
        const records = rows.map(cells => Object.fromEntries(cells.map((text, at) => [names[at], text])))
        const codec = named ? csv({ header: names }) : any
        const back = roundTrip(codec as ValueCodec<unknown, string>, records) as object[]
        expect(back.map(Object.entries)).toEqual(records.map(Object.entries))
        expect(back.every(each => Object.getPrototypeOf(each) === Object.prototype)).toBe(true)
      }),
    )
  })

  it.each([
    ['a,a\nsecret,2\n', 'the column "a" twice'],
    ['a,b\n\nsecret\n', 'line 3 has 1 cells, not 2'],
    ['a\nsecret,2\n', 'line 2 has 2 cells, not 1'],
  ])('finds %j corrupt', (stored, what) => {
    const error = refusal(() => any.decode(stored, 'k'))
    expect(error.code).toBe('Corrupt')
    expect(error.message).toContain(what)
    expect(error.message).not.toContain('secret')
  })

  it.each<[unknown, string]>([
    [{ x: 1 }, 'array of records'],
    [[{}], 'record 0 has no field'],
    [[['x']], 'record 0 is a value of type Array'],
    [[{ x: {} }], 'column "x"'],
    [[{ '\ud800': 1 }], 'surrogate'],
  ])('refuses %j', (value, what) => {
    const error = refusal(() => any.encode(value as never, 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain(what)
  })

  it('refuses a field that is not among the names', () => {
    expect(refusal(() => given.encode([{ z: '1' }] as never, 'k')).message).toContain('"z"')
  })
})
