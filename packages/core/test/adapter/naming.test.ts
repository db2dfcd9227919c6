import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anyObjectRules,
  encodedNaming,
  type Naming,
  narrowed,
  objectRules,
  pathRules,
  plainNaming,
} from '../../src/adapter.ts'
import { isStoreError } from '../../src/error.ts'

const NAMINGS: Record<string, Naming> = {
  'plain paths': plainNaming({ rules: pathRules, maxPart: 255 }),
  'plain objects': plainNaming({ rules: objectRules, maxPart: 255 }),
  'plain objects of any kind': plainNaming({ rules: anyObjectRules }),
  encoded: encodedNaming(),
  'encoded in little room': encodedNaming(40),
  narrowed: narrowed(plainNaming({ rules: pathRules }), 'too-deep', key => !key.includes('/'), 'no folders'),
}

/** Keys of every kind, many of which are made of what rules look at. */
const keys = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc
    .array(
      fc.constantFrom(
        'a',
        'B',
        '/',
        '.',
        '..',
        ' ',
        '\\',
        'con',
        'aux.',
        '.kvdol',
        '.sgwtmp',
        '\u0000',
        '%',
        '=',
        '+',
        'é',
        'é',
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map(parts => parts.join('')),
  fc.string({ minLength: 250, maxLength: 300 }).map(text => `${text.replaceAll('/', '_')}`),
)

function nameOf(naming: Naming, key: string): string | undefined {
  try {
    return naming.nameOf(key)
  } catch (error) {
    if (!isStoreError(error, 'InvalidKey')) throw error
    expect(naming.rejects).toContain(error.reason)
    return undefined
  }
}

// A failing run prints its seed and path, to be given here.
const check = (property: fc.IProperty<[string]> | fc.IProperty<[string, string]>) =>
  fc.assert(property as fc.IProperty<[string]>, { numRuns: 2000 })

describe.each(Object.entries(NAMINGS))('%s', (_, naming) => {
  it('gives back the key of each name, and refuses for a reason it declares', () => {
    check(
      fc.property(keys, key => {
        const name = nameOf(naming, key)
        if (name !== undefined) expect(naming.keyOf(name)).toBe(key)
      }),
    )
  })

  it('takes a name for a key only where the key has that name', () => {
    check(
      fc.property(keys, name => {
        const key = naming.keyOf(name)
        if (key !== undefined) expect(naming.nameOf(key)).toBe(name)
      }),
    )
  })

  it('tells what the names of all keys with a prefix begin with', () => {
    check(
      fc.property(keys, fc.nat(300), (key, cut) => {
        const name = nameOf(naming, key)
        const prefix = key.slice(0, cut)
        if (name === undefined || !prefix.isWellFormed()) return
        const head = naming.headOf(prefix)
        expect(head).toBeDefined()
        expect(name.startsWith(head as string)).toBe(true)
      }) as never,
    )
  })

  it('tells what the keys of a folder begin with', () => {
    check(
      fc.property(keys, key => {
        const name = nameOf(naming, key)
        if (name === undefined) return
        for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
          const prefix = naming.prefixOf(name.slice(0, at + 1))
          if (prefix !== undefined) expect(key.startsWith(prefix)).toBe(true)
        }
      }),
    )
  })
})

describe('refusals of plain keys', () => {
  const paths = plainNaming({ rules: pathRules, maxPart: 255 })
  const objects = plainNaming({ rules: objectRules, maxPart: 255 })
  const advice = "use keys: 'encoded'"

  it.each([
    [paths, 'a\u0000', 'nul'],
    [paths, 'a\n', 'control'],
    [paths, 'a\\b', 'backslash'],
    [paths, 'user:1', 'forbidden-character'],
    [paths, '2026-01-01T00:00:00Z', 'forbidden-character'],
    [paths, 'https://example.org/', 'forbidden-character'],
    [paths, '/a', 'leading-slash'],
    [paths, 'a/', 'trailing-slash'],
    [paths, 'a//b', 'double-slash'],
    [paths, 'a/../b', 'dot-segment'],
    [paths, 'a.', 'trailing-dot'],
    [paths, 'a /b', 'trailing-space'],
    [paths, 'a/.KVDOL-t', 'reserved'],
    [paths, 'a/Com1.txt', 'device-name'],
    [paths, 'ä'.repeat(128), 'long-segment'],
    [objects, 'a\n', 'control'],
    [objects, 'a\uffff', 'not-xml'],
    [objects, 'a/./b', 'dot-segment'],
    [objects, 'a\\..\\b', 'dot-segment'],
    [objects, '.sgwtmp/a', 'reserved'],
    [objects, '.kvdol', 'reserved'],
  ] as const)('%#: ends once with the advice, for the reason (%s) %j', (naming, key, reason) => {
    const error = (() => {
      try {
        return naming.nameOf(key)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toMatchObject({ code: 'InvalidKey', reason })
    const { message } = error as Error
    expect(message.endsWith(`; ${advice}`)).toBe(true)
    expect(message.split(advice)).toHaveLength(2)
  })

  it('takes another advice, and does not repeat one that a rule gives', () => {
    const rules = [['hidden', /^\./, 'begins with a dot; use hidden: true']] as const
    expect(() => plainNaming({ rules, advice: 'use hidden: true' }).nameOf('.a')).toThrow(
      /^begins with a dot; use hidden: true$/,
    )
  })

  it('gives a prefix that can be a whole key, however long its last part', () => {
    const longest = 'a'.repeat(255)
    expect(paths.headOf(longest)).toBe(longest)
    expect(paths.headOf(`${longest}a`)).toBe(undefined)
    expect(paths.headOf('')).toBe('')
    expect(paths.headOf('a/..')).toBe('a/')
    expect(paths.headOf('a:')).toBe(undefined)
  })

  it('has no name for nothing', () => expect(paths.keyOf('')).toBe(undefined))

  it('measures each part by itself, and says how long it may be', () => {
    const naming = plainNaming({ rules: [], maxPart: 4 })
    expect(naming.nameOf('abcd/efgh')).toBe('abcd/efgh')
    expect(naming.keyOf('abcd/efgh')).toBe('abcd/efgh')
    expect(naming.nameOf('éé')).toBe('éé')
    for (const key of ['a/bcdef', 'abcde/f', 'ééa']) {
      expect(naming.keyOf(key)).toBe(undefined)
      expect(() => naming.nameOf(key)).toThrow(
        expect.objectContaining({
          code: 'InvalidKey',
          reason: 'long-segment',
          message: `a part of the key has more than 4 bytes; ${advice}`,
        }),
      )
    }
  })

  it('declares each reason once, and lengths only where there is a longest', () => {
    const rules = [
      ['hidden', /^\./, 'begins with a dot'],
      ['blank', / /, 'has a space'],
      ['hidden', /\/\./, 'has a part that begins with a dot'],
    ] as const
    expect(plainNaming({ rules }).rejects).toEqual(['hidden', 'blank'])
    expect(plainNaming({ rules, maxPart: 9 }).rejects).toEqual(['hidden', 'blank', 'long-segment'])
    expect(plainNaming({ rules: [] }).rejects).toEqual([])
  })

  it('knows folders and names that hold no key', () => {
    const naming = plainNaming({ rules: pathRules })
    expect(['a/', 'a/b/', '.kvdol/', 'a/../', 'a:/'].map(naming.prefixOf)).toEqual([
      'a/',
      'a/b/',
      undefined,
      undefined,
      undefined,
    ])
    expect(['a/b', '.kvdol-lock', 'a/', ''].map(naming.keyOf)).toEqual([
      'a/b',
      undefined,
      undefined,
      undefined,
    ])
  })

  it('lists all keys though neither nothing nor a letter is one', () => {
    const naming = plainNaming({ rules: [['no-digit', /^\D*$/, 'a key has a digit']] })
    expect(naming.headOf('')).toBe('')
    expect(naming.headOf('1')).toBe('1')
  })
})

describe('encodedNaming', () => {
  it('refuses names that do not fit, in figures', () => {
    expect(() => encodedNaming(5).nameOf('abcde')).toThrow(
      expect.objectContaining({
        code: 'InvalidKey',
        reason: 'too-long',
        message: 'the key takes 6 bytes once it is encoded, and there is room for 5; shorten it',
      }),
    )
    expect(encodedNaming(6).nameOf('abcde')).toBe('abcde=')
    expect(encodedNaming(5).rejects).toEqual(['too-long'])
    expect(encodedNaming().rejects).toEqual([])
  })
})

describe('narrowed', () => {
  it('keeps what the naming has beside, refuses with the detail, and leaves other names out', () => {
    const naming = narrowed(
      { ...encodedNaming(), hides: true },
      'pattern',
      key => key.endsWith('.wav'),
      'keys match {name}.wav here (pattern)',
    )
    expect(naming.hides).toBe(true)
    expect(naming.rejects).toEqual(['pattern'])
    expect(() => naming.nameOf('a')).toThrow(
      expect.objectContaining({ reason: 'pattern', message: 'keys match {name}.wav here (pattern)' }),
    )
    expect(naming.keyOf('a.wav=')).toBe('a.wav')
    expect(naming.keyOf('a=')).toBe(undefined)
  })
})
