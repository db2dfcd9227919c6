import { describe, expect, it } from 'vitest'
import { givenOptions, option } from '../src/index.ts'

interface Options {
  keys?: string | undefined
  timeout?: number | undefined
}
const checks = { keys: option.oneOf('plain', 'encoded'), timeout: option.milliseconds }
const given = (options: unknown) => givenOptions('shelf', options as Options, checks)

describe('givenOptions', () => {
  it('gives what was given, without what is undefined', () => {
    expect(given({ keys: 'plain', timeout: undefined })).toEqual({ keys: 'plain' })
    expect('timeout' in given({ timeout: undefined })).toBe(false)
  })

  it.each([
    [{ kyes: 'plain' }, 'shelf has no option "kyes"; it has keys, timeout'],
    [{ toString: 1 }, 'shelf has no option "toString"'],
    [{ keys: 'path' }, "shelf: keys is 'plain' or 'encoded'"],
    [{ timeout: 0 }, 'shelf: timeout is a whole number of milliseconds'],
    [null, 'shelf: the options are an object'],
    ['plain', 'shelf: the options are an object'],
  ])('refuses %j', (options, message) => {
    expect(() => given(options)).toThrow(TypeError)
    expect(() => given(options)).toThrow(message)
  })
})

describe('option', () => {
  it.each([
    ['flag', option.flag, [true, false], [0, 'true', null]],
    ['callback', option.callback, [() => {}], [{}, null]],
    ['text', option.text, ['a'], ['', 1]],
    ['milliseconds', option.milliseconds, [1, 2 ** 31 - 1], [0, 1.5, 2 ** 31, Number.NaN, Infinity, '1']],
    ['oneOf', option.oneOf('a', 'b'), ['a', 'b'], ['c', '', undefined, ['a']]],
    ['wholeNumber to', option.wholeNumber(1, 3), [1, 3], [0, 4, 1.5, Infinity, '2']],
    ['wholeNumber from', option.wholeNumber(0), [0, 2 ** 40, Infinity], [-1, 0.5, Number.NaN, -Infinity]],
  ] as const)('%s', (_, [expected, accepts], good, bad) => {
    expect(expected).not.toBe('')
    expect(good.filter(value => !accepts(value))).toEqual([])
    expect(bad.filter(value => accepts(value))).toEqual([])
  })
})
