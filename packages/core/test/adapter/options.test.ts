import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  abortSignal,
  callback,
  callSettingsOf,
  flag,
  group,
  mediaType,
  milliseconds,
  type Option,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  secret,
  settingsOf,
  text,
  wholeNumber,
  writeSettingsOf,
} from '../../src/adapter.ts'
import { settled } from '../../src/options/settings-of.ts'

const OPTIONS = {
  /** How keys are written. */
  keys: oneOf('plain', 'encoded').or('plain'),
  onForeign: callback<(name: string) => void>(),
  limits: group({ entries: wholeNumber(1).or(1000), ratio: wholeNumber(1, 9) }),
  password: secret,
  timeout: milliseconds.or(30_000),
  createFolders: flag.or(true),
  maxNewFolders: wholeNumber(0).or(Number.POSITIVE_INFINITY),
  prefix: text,
  mode: oneOf('a', 'b', 'c'),
  pattern: option<string | RegExp>(
    'a text or a RegExp',
    value => typeof value === 'string' || value instanceof RegExp,
  ),
}
type Options = OptionsOf<typeof OPTIONS>
type Settings = SettingsOf<typeof OPTIONS>

const settle = (given: unknown) => settingsOf('files', OPTIONS, given as Options)

describe('settingsOf', () => {
  it('decides what is not given, also when it is undefined', () => {
    const decided = {
      keys: 'plain',
      onForeign: undefined,
      limits: { entries: 1000, ratio: undefined },
      password: undefined,
      timeout: 30_000,
      createFolders: true,
      maxNewFolders: Number.POSITIVE_INFINITY,
      prefix: undefined,
      mode: undefined,
      pattern: undefined,
    }
    expect(settle(undefined)).toEqual(decided)
    expect(settle({})).toEqual(decided)
    expect(settle({ keys: undefined, limits: undefined, elsewhere: undefined })).toEqual(decided)
  })

  it('takes what is given', () => {
    const onForeign = () => {}
    expect(settle({ keys: 'encoded', limits: { ratio: 3 }, onForeign, pattern: 'a' })).toMatchObject({
      keys: 'encoded',
      limits: { entries: 1000, ratio: 3 },
      onForeign,
      pattern: 'a',
    })
  })

  it('reads each option once', () => {
    let reads = 0
    const given = Object.defineProperty({}, 'timeout', {
      enumerable: true,
      get: () => (reads++ === 0 ? 5 : 'later'),
    })
    expect(settle(given).timeout).toBe(5)
  })

  it('types options and settings from the one table', () => {
    expectTypeOf<Options['keys']>().toEqualTypeOf<'plain' | 'encoded' | undefined>()
    expectTypeOf<Options['onForeign']>().toEqualTypeOf<((name: string) => void) | undefined>()
    expectTypeOf<NonNullable<Options['limits']>>().toEqualTypeOf<{
      entries?: number | undefined
      ratio?: number | undefined
    }>()
    expectTypeOf<Settings['keys']>().toEqualTypeOf<'plain' | 'encoded'>()
    expectTypeOf<Settings['timeout']>().toEqualTypeOf<number>()
    expectTypeOf<Settings['createFolders']>().toEqualTypeOf<boolean>()
    expectTypeOf<Settings['password']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Settings['limits']>().toEqualTypeOf<{
      readonly entries: number
      readonly ratio: number | undefined
    }>()
    expectTypeOf({}).toExtend<Options>()
    // @ts-expect-error: the table says what there is
    expect(() => settingsOf('files', OPTIONS, { kyes: 'plain' })).toThrow(TypeError)
  })

  it.each<[unknown, string]>([
    [{ keys: 'Encoded' }, "files: keys is 'plain' or 'encoded', not 'Encoded'"],
    [{ keys: 5n }, "files: keys is 'plain' or 'encoded', not 5n"],
    [{ mode: null }, "files: mode is 'a', 'b' or 'c', not null"],
    [{ limits: { entries: 0 } }, 'files: limits: entries is a whole number from 1, or Infinity, not 0'],
    [{ limits: { ratio: 10 } }, 'files: limits: ratio is a whole number from 1 to 9, not 10'],
    [
      { limits: { ratio: Number.POSITIVE_INFINITY } },
      'files: limits: ratio is a whole number from 1 to 9, not Infinity',
    ],
    [{ limits: { entires: 1 } }, 'files: limits has no option "entires"; did you mean entries? it has'],
    [{ limits: 5 }, 'files: limits: the options are an object, not 5'],
    [{ password: ['hunter2'] }, 'files: password is a string, not what was given'],
    [{ timeout: 0 }, 'files: timeout is a whole number of milliseconds from 1 to 2147483647, not 0'],
    [{ timeout: Number.NaN }, 'not NaN'],
    [{ timeout: 1.5 }, 'not 1.5'],
    [{ timeout: 2 ** 31 }, 'not 2147483648'],
    [{ timeout: '30s' }, "not '30s'"],
    [{ timeout: 'http://me:pass@host' }, 'not the text that was given'],
    [{ timeout: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9' }, 'not the text that was given'],
    [{ timeout: 'a\u0000\n' }, 'not the text that was given'],
    [{ timeout: new Date(0) }, 'not a value of type Date'],
    [{ createFolders: 'true' }, "files: createFolders is true or false, not 'true'"],
    [{ createFolders: null }, 'not null'],
    [{ onForeign: true }, 'files: onForeign is a function, not true'],
    [{ onForeign: Symbol('a') }, 'not a value of type symbol'],
    [{ prefix: '' }, "files: prefix is a string that is not empty, not ''"],
    [{ prefix: () => {} }, 'not a value of type function'],
    [{ pattern: /a/y.source.length }, 'files: pattern is a text or a RegExp, not 1'],
    [{ maxNewFolders: -1 }, 'not -1'],
    [{ kyes: 'plain' }, 'files has no option "kyes"; did you mean keys? it has keys, onForeign, limits'],
    [{ createfolders: true }, 'did you mean createFolders?'],
    [{ somethingElse: 1 }, 'files has no option "somethingElse"; it has keys'],
    [{ toString: 1 }, 'files has no option "toString"; it has keys'],
    [JSON.parse('{"__proto__": 1}'), 'files has no option "__proto__"'],
    [null, 'files: the options are an object, not null'],
    ['plain', "files: the options are an object, not 'plain'"],
    [[], 'files: the options are an object, not a value of type Array'],
    [new Map(), 'files: the options are an object, not a value of type Map'],
    [new AbortController().signal, 'files: the options are an object, not a value of type AbortSignal'],
  ])('refuses %o', (given, message) => {
    expect(() => settle(given)).toThrow(TypeError)
    expect(() => settle(given)).toThrow(message)
  })
})

/** What an option says of a value, or `undefined` when it takes it. */
function refused(of: Option<never, unknown>, value: unknown): string | undefined {
  try {
    of.settle('it', value, detail => new TypeError(detail))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

describe('the kinds of options', () => {
  it('take the least and the most that they name, and nothing beyond', () => {
    for (const value of [1, 2, 2 ** 31 - 1]) expect(refused(milliseconds, value)).toBeUndefined()
    for (const value of [2, 3, 4]) expect(refused(wholeNumber(2, 4), value)).toBeUndefined()
    for (const value of [1, 5, Number.POSITIVE_INFINITY, 2.5, '3'])
      expect(refused(wholeNumber(2, 4), value)).toContain('it is a whole number from 2 to 4, not ')
    expect(refused(wholeNumber(2), Number.POSITIVE_INFINITY)).toBeUndefined()
    expect(refused(wholeNumber(2), Number.NEGATIVE_INFINITY)).toBe(
      'it is a whole number from 2, or Infinity, not -Infinity',
    )
    expect(refused(wholeNumber(2, 2.5), 2.5)).toBeUndefined()
  })

  it('take a string as a secret, also an empty one', () => {
    for (const value of ['', 'hunter2']) expect(refused(secret, value)).toBeUndefined()
    expect(refused(secret, 5)).toBe('it is a string, not what was given')
  })

  it('take a function of any kind as a function', () => {
    for (const value of [() => 1, class {}]) expect(refused(callback(), value)).toBeUndefined()
    expect(refused(callback(), {})).toBe('it is a function, not a value of type Object')
  })

  it('take what listens like a signal as a signal', () => {
    expect(refused(abortSignal, new AbortController().signal)).toBeUndefined()
    for (const value of [{}, 'abort', null, new AbortController()])
      expect(refused(abortSignal, value)).toContain('it is an AbortSignal, not ')
  })

  it('take a whole media type alone', () => {
    for (const value of ['text/plain', 'text/html; charset=utf-8', 'a/b'])
      expect(refused(mediaType, value)).toBeUndefined()
    for (const value of [
      'text',
      '/plain',
      'text/',
      ' text/plain',
      'te xt/plain',
      'text/plain\n',
      'text/ü',
      null,
    ])
      expect(refused(mediaType, value)).toContain('it is a media type such as text/plain, not ')
  })

  it('quote what a name of a choice holds', () => {
    expect(refused(oneOf('a"b'), 'c')).toBe(`it is 'a\\"b', not 'c'`)
    expect(refused(oneOf('a'), 'a')).toBeUndefined()
  })

  it('give a group the defaults that stand for the whole of it', () => {
    const limits = group({ entries: wholeNumber(1).or(7), ratio: wholeNumber(1) })
    const settle = (given: object) => settingsOf('it', { limits: limits.or({ ratio: 3 }) }, given)
    expect(settle({})).toEqual({ limits: { entries: 7, ratio: 3 } })
    expect(settle({ limits: {} })).toEqual({ limits: { entries: 7, ratio: undefined } })
  })
})

describe('options of calls', () => {
  it.each([
    ['kyes', 'did you mean keys? '],
    ['keysss', 'did you mean keys? '],
    ['kxyz', 'did you mean keys? '],
    ['kxxz', ''],
    ['k', ''],
    ['createFold', 'did you mean createFolders? '],
    ['createFol', ''],
    ['createFoldersABC', 'did you mean createFolders? '],
    ['createFoldersABCD', ''],
  ])('are suggested where a name differs by a slip: %s', (name, hint) => {
    expect(() => callSettingsOf('presign', OPTIONS, { [name]: 1 } as never)).toThrow(
      expect.objectContaining({
        code: 'InvalidArgument',
        op: 'presign',
        detail: `presign has no option "${name}"; ${hint}it has ${Object.keys(OPTIONS).join(', ')}`,
      }),
    )
  })

  it('are named without a path where there is none', () => {
    const fail = (detail: string) => new TypeError(detail)
    const table = { keys: flag, mode: flag }
    expect(() => settled('', table, { kyes: true }, fail)).toThrow(
      new TypeError('there is no option "kyes"; did you mean keys? there is keys, mode'),
    )
    expect(() => settled('', table, 5, fail)).toThrow(new TypeError('the options are an object, not 5'))
  })
})

describe('writeSettingsOf', () => {
  const WRITE = { contentType: text, cacheControl: text.or('no-cache') }

  it('takes its own options and leaves the others of the call', () => {
    const { signal } = new AbortController()
    expect(writeSettingsOf(WRITE, { contentType: 'text/csv', signal, ifAbsent: true })).toEqual({
      contentType: 'text/csv',
      cacheControl: 'no-cache',
    })
  })

  it('refuses InvalidArgument, as it is part of a call', () => {
    expect(() => writeSettingsOf(WRITE, { contentType: 5 })).toThrow(
      expect.objectContaining({
        code: 'InvalidArgument',
        message: 'contentType is a string that is not empty, not 5',
      }),
    )
  })
})
