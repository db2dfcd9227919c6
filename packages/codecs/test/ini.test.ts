import { isStoreError, mapValues, memory, pipe, textValues } from '@kvdol/core'
import { fields } from '@kvdol/core/layers'
import { refusal } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ini } from '../src/ini/index.ts'
import { sameData } from '../src/same-data.ts'
import { roundTrip } from './round-trip.ts'

const word = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom(' ', '=', ';', '#', '[', ']', '"', "'", '\\', '.', '\n', 'a'),
    maxLength: 6,
  }),
  fc.constantFrom('', 'true', 'null', '__proto__', 'a.b', 'x[]', '"q"', '1'),
)
const { record } = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.boolean(),
    fc.constant(null),
    word,
    word,
    fc.array(word, { maxLength: 3 }),
    tie('record'),
  ),
  record: fc.dictionary(word, tie('any'), { maxKeys: 3, noNullPrototype: true }),
}))

describe('ini', () => {
  it('writes and reads settings, lists and sections', async () => {
    const texts = pipe(memory(), textValues())
    const settings = pipe(texts, mapValues(ini()))
    const value = { name: 'x; y', on: true, list: ['a', 'b'], server: { host: 'here', deep: { er: 'z' } } }
    await settings.set('a', value)
    expect(await texts.get('a')).toBe(
      'name=x\\; y\non=true\nlist[]=a\nlist[]=b\n\n[server]\nhost=here\n\n[server.deep]\ner=z\n',
    )
    expect(await settings.get('a')).toEqual(value)
    expect(Object.getPrototypeOf(await settings.get('a'))).toBe(Object.prototype)
  })

  it('gives back any data that it takes', () => {
    let taken = 0
    fc.assert(
      fc.property(record, value => {
        try {
          expect(sameData(value, roundTrip(ini(), value as Record<string, unknown>))).toBe(true)
          taken++
        } catch (error) {
          if (!isStoreError(error, 'InvalidValue')) throw error
        }
      }),
      // A failure prints its seed.
      { numRuns: 500 },
    )
    expect(taken).toBeGreaterThan(50)
  })

  it('reads what others write', () => {
    expect(ini().decode('\ufeff; comment\n# too\na = 1\n flag\r\n[s]\nb = "q ; r"\n', 'k')).toEqual({
      a: '1',
      flag: true,
      s: { b: 'q ; r' },
    })
    expect(ini().decode('', 'k')).toEqual({})
    expect(ini().encode({ a: undefined, s: { b: undefined, c: 'x' } }, 'k')).toBe('[s]\nc=x\n')
  })

  it('names of prototypes do no harm', () => {
    const value = ini().decode('[__proto__]\npolluted=1\n[constructor.prototype]\npolluted=1\n', 'k')
    expect({}).not.toHaveProperty('polluted')
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it.each<[unknown, string]>([
    [{ port: 80 }, 'number at .port'],
    [{ a: 'true' }, '"a"'],
    [{ empty: {} }, '"empty"'],
    [{ list: [] }, '"list"'],
    [Object.fromEntries([['__proto__', 'x']]), '"__proto__"'],
    [{ d: new Date(0) }, 'Date'],
    [null, 'null'],
    [['a'], 'Array'],
  ])('refuses %j, which would come back changed', (value, what) => {
    const error = refusal(() => ini().encode(value as never, 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain(what)
  })

  it('finds what is no text corrupt', () => {
    expect(refusal(() => ini().decode(5 as never, 'k'))).toMatchObject({ code: 'Corrupt' })
    expect(refusal(() => ini().decode('a=\ud800', 'k'))).toMatchObject({ code: 'Corrupt' })
  })

  it('is a value whose fields make a store', async () => {
    const texts = pipe(memory(), textValues())
    await texts.set('app.ini', '[server]\nhost=here\n')
    await fields({ store: texts, key: 'app.ini', values: ini() }, ['server']).set('port', '80')
    expect(await texts.get('app.ini')).toBe('[server]\nhost=here\nport=80\n')
  })
})
