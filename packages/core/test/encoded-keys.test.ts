import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodedKeys } from '../src/adapter.ts'

const { encode: encodeKey, decode: decodePath, head: encodeHead, folder: decodeFolder } = encodedKeys

/** Keys made of what encoders get wrong. */
const pieces = fc.constantFrom(
  ...[
    'a',
    'A',
    'z',
    '0',
    '_',
    '-',
    '.',
    '..',
    '/',
    '//',
    '%',
    '%41',
    '%2',
    '+',
    '=',
    ' ',
    '~',
    '\\',
    ':',
    '*',
    '\0',
    '\n',
  ],
  ...[
    'con',
    'CON',
    'nul',
    'com1',
    'lpt9',
    'aux',
    'prn',
    'con.txt',
    'é',
    'e\u0301',
    'ß',
    'İ',
    'ı',
    '\ufffd',
    '😀',
    '\u200b',
  ],
  ...['x'.repeat(60), 'é'.repeat(29), `${'y'.repeat(179)}%`, 'w'.repeat(180), 'w'.repeat(181)],
)
const keys = fc
  .oneof(
    fc.array(pieces, { minLength: 1, maxLength: 12 }).map(parts => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  .filter(key => key !== '' && Buffer.byteLength(key) <= 1024)

describe('the encoding of keys', () => {
  it.each([
    ['users/42.json', 'users/42.json='],
    ['A', '%41='],
    ['..', '%2e%2e='],
    ['/abs', '%/abs='],
    ['x/', 'x/%='],
    ['a//b', 'a/%/b='],
    ['con', '%63on='],
    ['con.txt/nul', '%63on.txt/%6eul='],
    ['conx', 'conx='],
    ['café', 'caf%c3%a9='],
    ['.hidden', '%2ehidden='],
    ['dot.', 'dot%2e='],
    ['a=b', 'a%3db='],
    ['/', '%/%='],
    ['w'.repeat(180), `${'w'.repeat(180)}=`],
    ['w'.repeat(181), `${'w'.repeat(180)}+/+w=`],
    [`${'w'.repeat(179)}é`, `${'w'.repeat(179)}+/+%c3%a9=`],
  ])('%j is %j', (key, path) => {
    expect(encodeKey(key)).toBe(path)
    expect(decodePath(path)).toBe(key)
  })

  it('comes back, in portable names of bounded length', () => {
    fc.assert(
      fc.property(keys, key => {
        const path = encodeKey(key)
        expect(decodePath(path)).toBe(key)
        for (const component of path.split('/')) {
          expect(component).toMatch(/^[a-z0-9_%+=-]([a-z0-9_.%+=-]*[a-z0-9_%+=-])?$/)
          expect(component.length).toBeLessThanOrEqual(181)
          expect(component).not.toMatch(/^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('keeps two keys apart without case and in another normalisation, and none is a folder of another', () => {
    const fold = (key: string) => encodeKey(key).toLowerCase().normalize('NFD')
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        fc.pre(a !== b)
        expect(fold(a)).not.toBe(fold(b))
        expect(`${fold(a)}/`.startsWith(`${fold(b)}/`)).toBe(false)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['', ''],
    ['ab', 'ab'],
    ['a/b9_-', 'a/b9_-'],
    ['a/b.c', 'a/b'],
    ['A', ''],
    ['a/B', 'a/'],
    ['A/b', '%41/b'],
    ['/x', '%/x'],
    ['a//x', 'a/%/x'],
    // Any of these may become a device, which is written otherwise from its first character on.
    ['a/c', 'a/'],
    ['a/com1', 'a/'],
    [`a/${'x'.repeat(120)}`, `a/${'x'.repeat(100)}`],
  ])('the head of %j is %j, as long as it can be', (prefix, head) => {
    expect(encodeHead(prefix)).toBe(head)
  })

  it('finds the head of a prefix that every key with it has', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(''), keys), keys, (prefix, rest) => {
        fc.pre(Buffer.byteLength(prefix + rest) <= 1024)
        expect(encodeKey(prefix + rest).startsWith(encodeHead(prefix))).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    'a',
    'A=',
    '%41',
    'a=/b=',
    '%61=',
    'a b=',
    'a+/b=',
    '%=',
    'é=',
    '%ff=',
    '=',
    'con=',
    '.a=',
    'a%=',
    '%zz=',
  ])('takes %j for foreign', path => {
    expect(decodePath(path)).toBe(undefined)
  })

  it('tells what the keys in a folder begin with', () => {
    expect(decodeFolder('caf%c3%a9/%/')).toBe('café//')
    expect(decodeFolder(`${'w'.repeat(180)}+/+x/`)).toBe(`${'w'.repeat(180)}x/`)
    expect(decodeFolder(`${'w'.repeat(180)}+/`)).toBe(undefined)
  })
})

it('a long name is never cut within an escape', () => {
  for (const [begin, cut] of [
    [177, 180],
    [178, 178],
    [179, 179],
    [180, 180],
  ] as const) {
    const key = `${'a'.repeat(begin)}A${'b'.repeat(9)}`
    const whole = key.replace('A', '%41')
    expect(encodedKeys.encode(key)).toBe(`${whole.slice(0, cut)}+/+${whole.slice(cut)}=`)
    expect(encodedKeys.decode(encodedKeys.encode(key))).toBe(key)
  }
})

it('the first and the last letter and digit stay as they are beside what is escaped', () => {
  expect(encodedKeys.encode('Aaz09_-B')).toBe('%41az09_-%42=')
  expect(encodedKeys.encode('A`{/:B')).toBe('%41%60%7b/%3a%42=')
})
