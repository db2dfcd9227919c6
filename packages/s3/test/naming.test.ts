import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definePreset } from '../src/index.ts'
import { namingOf } from '../src/naming/naming.ts'
import { serviceOf } from '../src/service/preset.ts'

const service = serviceOf(definePreset({ name: 'portable' }))
const portable = namingOf('plain', '', service)
const encoded = namingOf('encoded', '', service)

const pieces = fc.constantFrom(
  'a',
  'A',
  'b',
  '.',
  '..',
  '/',
  '//',
  '\\',
  '%',
  '+',
  ' ',
  '\n',
  '\0',
  '\uffff',
  '😀',
  'é',
  '.kvdol',
  '.sgwtmp',
  'x'.repeat(130),
)
const keys = fc
  .array(pieces, { minLength: 1, maxLength: 10 })
  .map(parts => parts.join(''))
  .filter(key => Buffer.byteLength(key) <= 1024)

const nameOf = (key: string) => {
  try {
    return portable.nameOf(key)
  } catch {
    return undefined
  }
}

describe('plain names', () => {
  it.each([
    ['/a', 'leading-slash'],
    ['a/', 'trailing-slash'],
    ['a//b', 'double-slash'],
    ['.', 'dot-segment'],
    ['a/..', 'dot-segment'],
    ['..\\x', 'dot-segment'],
    ['a\nb', 'control'],
    ['a\0', 'control'],
    ['\uffff', 'not-xml'],
    ['s'.repeat(256), 'long-segment'],
    ['é'.repeat(128), 'long-segment'],
    ['.kvdol', 'reserved'],
    ['a/.kvdol-probe-1', 'reserved'],
    ['.sgwtmp/x', 'reserved'],
    ['a/.b.sgwtmp.123', 'reserved'],
  ])('refuse %j: %s', (key, reason) => {
    expect(() => portable.nameOf(key)).toThrow(expect.objectContaining({ code: 'InvalidKey', reason }))
    expect(portable.rejects).toContain(reason)
    expect(portable.keyOf(key)).toBe(undefined)
  })

  it('have a head that every key with the prefix has, and a floor that no key behind it comes before', () => {
    fc.assert(
      fc.property(keys, keys, (prefix, rest) => {
        const name = nameOf(prefix + rest)
        const head = portable.headOf(prefix)
        if (name !== undefined) expect(head !== undefined && name.startsWith(head)).toBe(true)
        const floor = portable.floorOf?.(prefix) ?? ''
        expect(Buffer.compare(Buffer.from(floor), Buffer.from(prefix))).toBeLessThanOrEqual(0)
        if (floor !== '') expect(nameOf(floor)).toBe(floor)
      }),
    )
  })
})

describe('encoded names', () => {
  it('hold every key of up to 336 bytes, whatever its characters', () => {
    const unit = fc.constantFrom('A', '/', '.', ' ', 'é', '😀', 'con/', '\0', 'a', '%')
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 336 }), parts => {
        let key = parts.join('')
        while (Buffer.byteLength(key) > 336) key = key.slice(0, -1).toWellFormed()
        fc.pre(key.isWellFormed() && key !== '')
        expect(encoded.keyOf(encoded.nameOf(key))).toBe(key)
      }),
    )
    for (const key of ['A'.repeat(336), '/'.repeat(336), `${'A'.repeat(335)}/`, '😀'.repeat(84)])
      expect(encoded.nameOf(key).length).toBeLessThanOrEqual(1024)
    expect(() => encoded.nameOf('A'.repeat(340))).toThrow(expect.objectContaining({ reason: 'too-long' }))
    expect(encoded.nameOf('a/'.repeat(500).concat('a'))).toHaveLength(1002)
  })
})
