import { bytes, collect } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  affix,
  commonPrefix,
  composeKeys,
  endsWith,
  explain,
  filterKeys,
  fromMap,
  innerKey,
  invertKeys,
  type KeyCodec,
  mapKeys,
  mappedKeys,
  matching,
  memory,
  pipe,
  prefix,
  type Store,
  segments,
  startsWith,
  suffix,
  textValues,
} from '../src/index.ts'
import { oddText } from './odd.ts'

type Path = readonly [string, ...string[]]

/** T4 on one outer and one inner key: a partial inverse both ways, and pushed-down prefixes that lose nothing. */
function laws<Outer>(codec: KeyCodec<Outer, string>, outer: Outer, inner: string): void {
  const encoded = attempt(() => codec.encode(outer))
  if (encoded !== undefined) {
    expect(codec.decode(encoded)).toEqual(outer)
    expect(encoded.startsWith(codec.prefix?.() ?? '')).toBe(true)
  }
  const decoded = codec.decode(inner)
  if (decoded !== undefined) expect(codec.encode(decoded)).toBe(inner)
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    expect(error).toMatchObject({ code: 'InvalidKey' })
    return undefined
  }
}

/** A store that holds these keys, each with itself as value. */
async function holding(...keys: string[]): Promise<Store<string, Uint8Array>> {
  const store = memory()
  for (const key of keys) await store.set(key, bytes(key))
  return store
}

describe('affixes', () => {
  it.each([
    ['prefix', prefix('p/'), 'k', 'p/k'],
    ['suffix', suffix('.s'), 'k', 'k.s'],
    ['affix', affix('p/', '.s'), 'k', 'p/k.s'],
    ['affix without ends', affix('', ''), 'k', 'k'],
  ])('%s maps one to one', (_, codec, outer, inner) => {
    expect(codec.encode(outer)).toBe(inner)
    expect(codec.decode(inner)).toBe(outer)
  })

  it('gives its ends as data', () => {
    expect(prefix('p/').affix).toEqual({ before: 'p/', after: '' })
    expect(suffix('.s').affix).toEqual({ before: '', after: '.s' })
    expect(affix('p/', '.s').affix).toEqual({ before: 'p/', after: '.s' })
  })

  it('does not read one character as both ends', () => {
    expect(affix('aba', 'aba').decode('aba')).toBeUndefined()
    expect(affix('ab', 'ba').decode('aba')).toBeUndefined()
    expect(affix('ab', 'ba').decode('abba')).toBeUndefined()
    expect(affix('ab', 'ba').decode('abxba')).toBe('x')
  })

  it('keeps order only without an end', () => {
    expect(prefix('p').ordered).toBe(true)
    expect(suffix('.txt').ordered).toBe(false)
    // The counterexample: a < a-b, but a-b.txt < a.txt.
    expect(['a', 'a-b'].map(key => suffix('.txt').encode(key)).sort()).toEqual(['a-b.txt', 'a.txt'])
  })

  it('hides foreign keys, also the bare prefix', async () => {
    const store = pipe(await holding('data/x', 'z.txt', 'data/', 'dat'), mapKeys(prefix('data/')))
    expect(await collect(store.keys())).toEqual(['x'])
    expect(await store.size()).toBe(1)
    expect(await store.get('z.txt')).toBeUndefined()
  })

  it('refuses at construction what is no well-formed string', () => {
    expect(() => prefix(undefined as never)).toThrow(TypeError)
    expect(() => suffix('\ud800')).toThrow(TypeError)
    expect(() => affix('a', 1 as never)).toThrow(TypeError)
  })

  it('is one to one on any keys', () => {
    fc.assert(
      fc.property(oddText, oddText, oddText, (before, after, key) => {
        laws(affix(before, after), key, key)
        laws(affix(before, after), key, before + key + after)
      }),
    )
  })
})

describe('segments', () => {
  it.each([
    ['a/b/c', ['a', 'b', 'c']],
    ['a//b', ['a', '', 'b']],
    ['/a', ['', 'a']],
    ['a/', ['a', '']],
    ['/', ['', '']],
    ['__proto__/constructor', ['__proto__', 'constructor']],
  ])('%s has one path', (key, path) => {
    expect(segments().decode(key)).toEqual(path)
    expect(segments().encode(path as never as Path)).toBe(key)
  })

  it.each([[['a/b']], [[]], [['']], [['a', 1]], ['a/b'], [null], [['\ud800']]])(
    'refuses the path %j',
    path => {
      expect(() => segments().encode(path as never)).toThrow(expect.objectContaining({ code: 'InvalidKey' }))
    },
  )

  it('refuses segments that run into a longer separator', () => {
    expect(() => segments('::').encode(['a:', 'b'])).toThrow(expect.objectContaining({ reason: 'separator' }))
    expect(segments('::').encode(['a', 'b:'])).toBe('a::b:')
  })

  it('lists by leading segments', async () => {
    const store = pipe(await holding('a/b', 'a/bc', 'a/b/c', 'ab', 'x'), mapKeys(segments()))
    expect(await collect(store.keys({ prefix: ['a', 'b'] }))).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
    ])
    expect(await collect(store.keys({ prefix: ['a'] }))).toHaveLength(3)
    expect(await collect(store.keys({ prefix: [] }))).toHaveLength(5)
  })

  it('is one to one on any keys', () => {
    const separators = fc.constantFrom('/', '::', 'aa', '\u{1f600}', '.')
    fc.assert(
      fc.property(separators, fc.array(oddText), oddText, (separator, path, key) => {
        laws(segments(separator), path as never as Path, key)
        const inner = attempt(() => segments(separator).encode(path as never as Path))
        for (const length of path.keys())
          expect(
            inner?.startsWith(segments(separator).prefix?.(path.slice(0, length) as never as Path) ?? ''),
          ).not.toBe(false)
      }),
    )
  })
})

describe('mappedKeys', () => {
  it('hides unknown inner keys and refuses unknown outer keys', async () => {
    const store = pipe(await holding('x', 'y', 'other'), mapKeys(mappedKeys({ one: 'x', two: 'missing' })))
    expect(await collect(store.keys())).toEqual(['one'])
    expect(await store.has('two')).toBe(false)
    await expect(store.get('x' as never)).rejects.toMatchObject({
      code: 'InvalidKey',
      reason: 'unknown-name',
    })
    await expect(store.set('toString' as never, bytes(''))).rejects.toMatchObject({ code: 'InvalidKey' })
  })

  it('takes pairs and maps, and names of the prototype as ordinary names', () => {
    const codec = mappedKeys([
      ['__proto__', 'a'],
      ['constructor', '__proto__'],
    ])
    expect(codec.encode('__proto__')).toBe('a')
    expect(codec.decode('__proto__')).toBe('constructor')
    expect(codec.decode('constructor')).toBeUndefined()
    expect(mappedKeys(new Map([[1, 'a']])).decode('a')).toBe(1)
  })

  it('refuses at construction what has no inverse', () => {
    expect(() => mappedKeys({ a: 'x', b: 'x' })).toThrow(/inner key "x" occurs twice/)
    expect(() =>
      mappedKeys([
        ['a', 'x'],
        ['a', 'y'],
      ]),
    ).toThrow(/outer key "a" occurs twice/)
    expect(() => mappedKeys({ a: '' })).toThrow(TypeError)
  })

  it('narrows listing to what its names have in common', () => {
    const codec = mappedKeys({ ab: 'in/1', ac: 'in/2', b: 'out' })
    expect(codec.prefix?.()).toBe('')
    expect(codec.prefix?.('a')).toBe('in/')
    expect(codec.prefix?.('ab')).toBe('in/1')
  })
})

describe('commonPrefix', () => {
  it.each([
    [['a/b/1', 'a/b/2'], 'a/b/'],
    [['a', 'ab'], ''],
    [['a/b', 'a/bc'], 'a/'],
    [['only'], 'onl'],
    [[], ''],
    [['\u{1f600}', '\u{1f601}'], ''],
    [['\u{1f600}x', '\u{1f601}x'], ''],
    [['x\u{1f600}'], 'x'],
  ])('of %j', (keys, before) => {
    expect(commonPrefix(keys).affix).toEqual({ before, after: '' })
  })

  it('leaves something of every key', () => {
    fc.assert(
      fc.property(fc.array(oddText.filter(text => text !== '')), keys => {
        for (const key of keys) expect(commonPrefix(keys).decode(key)).toBeTruthy()
      }),
    )
  })
})

describe('composeKeys', () => {
  it('encodes from left to right', () => {
    const codec = composeKeys(prefix('out/'), prefix('in/'))
    expect(codec.encode('k')).toBe('in/out/k')
    expect(codec.decode('in/out/k')).toBe('k')
    expect(codec.decode('in/k')).toBeUndefined()
    expect(codec.prefix?.('k')).toBe('in/out/k')
    expect(codec.prefix?.()).toBe('in/out/')
    expect(codec).toMatchObject({ ordered: true, keys: 'string' })
  })

  it('takes the empty string for no key, in no layer', () => {
    const shorter: KeyCodec<string, string> = { decode: key => key.slice(1), encode: key => `x${key}` }
    expect(composeKeys(invertKeys(shorter), shorter).decode('x')).toBeUndefined()
    expect(composeKeys(invertKeys(shorter), shorter).decode('xk')).toBe('xk')
  })

  it('is the same as stacking', async () => {
    const keys = ['a/b.s', 'a/.s', 'a/b', 'b.s', 'a/x/y.s', 'a/.s.s']
    const stacked = pipe(
      await holding(...keys),
      mapKeys(prefix('a/')),
      mapKeys(suffix('.s')),
      mapKeys(segments()),
    )
    const composed = pipe(
      await holding(...keys),
      mapKeys(composeKeys(segments(), suffix('.s'), prefix('a/'))),
    )
    expect(await collect(composed.keys())).toEqual(await collect(stacked.keys()))
    expect(await collect(composed.keys({ prefix: ['x'] }))).toEqual([['x', 'y']])
  })
})

describe('invertKeys', () => {
  it('adds what the codec takes away', async () => {
    const inner = await holding('x', 'y')
    const store = pipe(inner, mapKeys(invertKeys(prefix('data/'))))
    expect(await collect(store.keys())).toEqual(['data/x', 'data/y'])
    await store.set('data/z', bytes('z'))
    expect(await inner.has('z')).toBe(true)
    await expect(store.get('z')).rejects.toMatchObject({ code: 'InvalidKey', reason: 'foreign' })
  })

  it('refuses a key of which the codec leaves nothing', () => {
    const shorter: KeyCodec<string, string> = { decode: key => key.slice(1), encode: key => `x${key}` }
    expect(invertKeys(shorter).encode('xa')).toBe('a')
    expect(attempt(() => invertKeys(shorter).encode('x'))).toBeUndefined()
  })

  it('undoes itself', () => {
    fc.assert(
      fc.property(oddText, oddText, (base, key) => {
        laws(invertKeys(invertKeys(prefix(base))), key, base + key)
      }),
    )
  })
})

describe('isolation', () => {
  it('keeps prefixes apart that begin alike', async () => {
    const store = memory()
    const views = ['a', 'ab', 'a/'].map(base => pipe(store, mapKeys(prefix(`${base}|`))))
    for (const [index, view] of views.entries()) await view.set('k', bytes(String(index)))
    await views[0]?.delete('k')
    expect(await collect(store.keys())).toEqual(['ab|k', 'a/|k'])
  })
})

describe('facts about keys', () => {
  it('13: a prefix is added on the way in and taken away on the way out', async () => {
    const inner = memory()
    const store = pipe(inner, mapKeys(prefix('/ROOT/')))
    await store.set('foo', bytes('v'))
    expect(await collect(inner.keys())).toEqual(['/ROOT/foo'])
    expect(await collect(store.keys())).toEqual(['foo'])
    expect(await store.has('foo')).toBe(true)
  })

  it('14: the layer put on first is closest to the backend', async () => {
    const inner = memory()
    const store = pipe(inner, mapKeys(prefix('in/')), mapKeys(prefix('out/')))
    await store.set('k', bytes('v'))
    expect(await collect(inner.keys())).toEqual(['in/out/k'])
    expect(await collect(store.keys())).toEqual(['k'])
  })

  it('24: explain names the codecs', async () => {
    const inner = memory()
    const store = pipe(inner, mapKeys(prefix('in/')), mapKeys(affix('out/', '.txt')), textValues())
    await store.set('k', 'v')
    expect((await explain(store, 'k')).map(({ layer }) => layer)).toEqual([
      'mapKeys(affix("out/", ".txt"))',
      'mapKeys(prefix("in/"))',
      'memory',
      'mapValues(text())',
    ])
  })

  it('25: the inner key of a under a `!` suffix is a!', () => {
    expect(innerKey(pipe(memory(), mapKeys(suffix('!'))), 'a')).toBe('a!')
    expect(innerKey(memory(), 'a')).toBe('a')
  })

  it('28 and 29: predicates select by beginning, ending and expression', async () => {
    const store = await holding('test_a.txt', 'my_report.txt', 'report.md', 'a')
    const kept = (keep: (key: string) => boolean) => collect(pipe(store, filterKeys(keep)).keys())
    expect(await kept(startsWith('test', 'report'))).toEqual(['test_a.txt', 'report.md'])
    expect(await kept(endsWith('.txt'))).toEqual(['test_a.txt', 'my_report.txt'])
    expect(await kept(matching(/^a/g))).toEqual(['a'])
  })

  it('42: a common prefix is taken away', async () => {
    const store = pipe(await holding('a/b/1', 'a/b/2', 'a/c'), mapKeys(commonPrefix(['a/b/1', 'a/b/2'])))
    expect(await collect(store.keys())).toEqual(['1', '2'])
  })

  it('57: a part of a store has keys relative to it, and `a` does not take in `ab`', async () => {
    const store = await holding('a/b', 'a/c', 'ab/x', 'd')
    expect(await collect(pipe(store, mapKeys(prefix('a/'))).keys())).toEqual(['b', 'c'])
    expect(await collect(pipe(store, mapKeys(prefix('none/'))).keys())).toEqual([])
    expect(await store.get('a/')).toBeUndefined()
  })

  it('58: a relative store writes under its root', async () => {
    const inner = await holding('/r/a', '/r/b')
    const store = pipe(inner, mapKeys(prefix('/r/')))
    await store.set('c', bytes('3'))
    expect(await inner.has('/r/c')).toBe(true)
    expect(await collect(store.keys())).toEqual(['a', 'b', 'c'])
  })
})

it('a text prefix lists those names of mappedKeys that are text and begin with it', async () => {
  const names = mappedKeys<number | string, string>([
    [1, 'a'],
    ['xy', 'b'],
  ])
  const store = pipe(fromMap(new Map<string, number>()), mapKeys(names))
  await store.set(1, 1)
  await store.set('xy', 2)
  expect(await collect(store.keys({ prefix: 'x' as never }))).toEqual(['xy'])
})
