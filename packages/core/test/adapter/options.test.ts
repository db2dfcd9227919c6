import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  callback,
  flag,
  group,
  milliseconds,
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
