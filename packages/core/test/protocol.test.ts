import { describe, expect, it } from 'vitest'
import { watchers } from '../src/adapter.ts'
import {
  type AnyReader,
  affix,
  batch,
  type Child,
  children,
  createStore,
  filterKeys,
  fromMap,
  fromObject,
  getWithStat,
  guarantees,
  jsonValues,
  mapKeys,
  memory,
  pathOf,
  pipe,
  prefix,
  remove,
  type Store,
  StoreError,
  suffix,
  template,
  textValues,
  toArray,
  toMap,
  toObject,
  update,
  urlOf,
  watch,
  writeStream,
} from '../src/index.ts'
import { invalidAsAbsent, onMissing } from '../src/layers.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** A store in memory that counts what its driver is asked. */
function counted(options: { order: 'utf8-bytes' | 'none'; native?: boolean }) {
  const map = new Map<string, Uint8Array>()
  const asked: string[] = []
  const sorted = () => [...map.keys()].sort()
  const store = createStore({
    name: 'counted',
    guarantees: { order: options.order, conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] },
    get: (key: string) => {
      asked.push('get')
      return map.get(key)?.slice()
    },
    stat: (key: string) => {
      asked.push('stat')
      const value = map.get(key)
      return value && { size: value.byteLength, etag: String(value) }
    },
    *keys({ prefix = '', after = '' }) {
      asked.push('keys')
      for (const key of sorted())
        if (key.startsWith(prefix) && key > after) {
          asked.push(`key ${key}`)
          yield key
        }
    },
    set: (key: string, value: Uint8Array) => void map.set(key, value),
    delete: (key: string) => void map.delete(key),
    ...(options.native === true && {
      async *children({ prefix = '' }: { prefix?: string | undefined }) {
        asked.push(`children ${prefix}`)
        const texts = new Set(sorted().filter(key => key.startsWith(prefix)))
        const level = [...texts].map((key): Child => {
          const slash = key.indexOf('/', prefix.length)
          return slash < 0 ? { key } : { prefix: key.slice(0, slash + 1) }
        })
        yield [...new Map(level.map(child => [JSON.stringify(child), child])).values()]
      },
    }),
  })
  return { store, map, asked }
}

describe('children', () => {
  it('skips what lies under a prefix of a store in key order', async () => {
    const { store, asked, map } = counted({ order: 'utf8-bytes' })
    for (let folder = 0; folder < 3; folder++)
      for (let file = 0; file < 1000; file++) map.set(`f${folder}/${file}`, new Uint8Array())
    expect(await toArray(children(store))).toEqual([{ prefix: 'f0/' }, { prefix: 'f1/' }, { prefix: 'f2/' }])
    expect(asked.filter(each => each.startsWith('key ')).length).toBeLessThan(500)
  })

  it('goes down through text around the keys, and asks for one key where keys may be hidden', async () => {
    const { store, asked, map } = counted({ order: 'none', native: true })
    for (const key of ['in/a.txt', 'in/b/c.txt', 'in/d/e.md', 'out/f.txt', 'in/g.md'])
      map.set(key, new Uint8Array())
    const plain = pipe(store, mapKeys(prefix('in/')))
    expect(await toArray(children(plain))).toEqual([
      { key: 'a.txt' },
      { prefix: 'b/' },
      { prefix: 'd/' },
      { key: 'g.md' },
    ])
    expect(asked).toEqual(['children in/'])
    const texts = pipe(plain, mapKeys(suffix('.txt')), textValues())
    expect(await toArray(children(texts))).toEqual([{ key: 'a' }, { prefix: 'b/' }])
    const filtered = pipe(
      plain,
      filterKeys<typeof plain>(key => !key.startsWith('b')),
    )
    expect(await toArray(children(filtered))).toEqual([{ key: 'a.txt' }, { prefix: 'd/' }, { key: 'g.md' }])
  })

  it('lists keys where a suffix holds a slash or a codec is no text around keys', async () => {
    const { store, asked, map } = counted({ order: 'none', native: true })
    for (const key of ['a/value', 'b/c/value', 'd/else']) map.set(key, new Uint8Array())
    expect(await toArray(children(pipe(store, mapKeys(affix('', '/value')))))).toEqual([
      { key: 'a' },
      { prefix: 'b/' },
    ])
    expect(asked.some(each => each.startsWith('children'))).toBe(false)
    const scalar = pipe(store, mapKeys(template('{name}/value').scalar()))
    expect(await toArray(children(scalar))).toEqual([{ key: 'a' }])
  })

  it('refuses keys that are not strings', async () => {
    const store = fromMap(new Map([[1, 'one']])) as unknown as Store<string, string>
    await expect(toArray(children(store))).rejects.toMatchObject({ code: 'Unsupported', op: 'children' })
  })
})

describe('getWithStat', () => {
  it('asks again while somebody writes in between', async () => {
    const { store, map, asked } = counted({ order: 'none' })
    map.set('a', bytes('1'))
    const disturbed = createStore({
      ...({
        name: 'disturbed',
        keys: () => map.keys(),
        get: async (key: string) => {
          const value = await store.get(key)
          if (asked.length < 4) map.set('a', bytes('22'))
          return value
        },
        stat: (key: string) => store.stat(key),
      } as const),
    })
    const found = await getWithStat(disturbed, 'a')
    expect(found?.stat.size).toBe(found?.value.byteLength)
    expect(found?.value).toEqual(bytes('22'))
  })

  it('decodes the value, tells of the stored bytes, and costs update one request', async () => {
    const notes = pipe(memory(), jsonValues<{ n: number }>())
    await notes.set('a', { n: 1 })
    expect(await getWithStat(notes, 'a')).toMatchObject({ value: { n: 1 }, stat: { size: 7 } })
    const asked: string[] = []
    const value = bytes('1')
    const one = createStore({
      name: 'one',
      guarantees: { conditions: ['ifAbsent', 'ifMatch'] },
      get: () => void asked.push('get'),
      stat: () => void asked.push('stat'),
      getWithStat: () => {
        asked.push('getWithStat')
        return { value, stat: { etag: 'v1' } }
      },
      keys: () => [],
      set: (_, __, { ifMatch }) => void asked.push(`set ${ifMatch}`),
      delete: () => {},
    })
    await update(one, 'a', () => bytes('2'))
    expect(asked).toEqual(['getWithStat', 'set v1'])
  })
})

describe('batch', () => {
  it('tells what failed by key where it is not atomic, and does the rest', async () => {
    const map = new Map<string, Uint8Array>([['a', bytes('a')]])
    const store = createStore({
      name: 'fussy',
      get: (key: string) => map.get(key),
      keys: () => map.keys(),
      set: (key: string, value: Uint8Array) => void map.set(key, value),
      delete: () => {
        throw new StoreError('PermissionDenied', 'not here')
      },
    })
    const failed = await batch(store, [{ delete: 'a' }, { set: 'b', value: bytes('b') }]).catch(
      error => error,
    )
    expect(failed).toMatchObject({ code: 'PermissionDenied', op: 'batch' })
    expect([...failed.failures.keys()]).toEqual(['a'])
    expect([...map.keys()]).toEqual(['a', 'b'])
  })

  it('goes through key and value transforms', async () => {
    const store = memory()
    const notes = pipe(store, mapKeys(prefix('n/')), textValues())
    await notes.set('old', 'x')
    await batch(notes, [{ set: 'new', value: 'y' }, { delete: 'old' }])
    expect(await toMap(pipe(store, textValues()))).toEqual(new Map([['n/new', 'y']]))
  })
})

describe('remove', () => {
  it('is refused where nobody can tell', async () => {
    const map = new Map<string, Uint8Array>([['a', bytes('a')]])
    const store = createStore({
      name: 'blind',
      get: (key: string) => map.get(key),
      keys: () => map.keys(),
      set: (key: string, value: Uint8Array) => void map.set(key, value),
      delete: (key: string) => void map.delete(key),
    })
    await expect(remove(store, 'a')).rejects.toMatchObject({ code: 'Unsupported', key: 'a' })
    expect(map.size).toBe(1)
  })
})

describe('watch', () => {
  it('gives the keys of a view through transforms and layers', async () => {
    const store = memory()
    const view = pipe(
      store,
      mapKeys(prefix('in/')),
      textValues(),
      onMissing(() => 'none'),
    )
    const told: unknown[] = []
    for await (const { missed, key } of watch(view, { prefix: 'a' })) {
      told.push(missed ?? key)
      if (key === 'a2') break
      if (missed) {
        await store.set('out/a1', bytes('x'))
        await store.set('in/a1', bytes('x'))
        await store.set('in/b', bytes('x'))
        await view.set('a2', 'x')
      }
    }
    expect(told).toEqual([true, 'a1', 'a2'])
  })

  it('says so when a slow reader has missed something', async () => {
    const store = memory()
    const changes = watch(store)[Symbol.asyncIterator]()
    await changes.next()
    for (let index = 0; index <= 10_000; index++) await store.set(`k${index}`, bytes(''))
    expect((await changes.next()).value).toEqual({ missed: true })
    await changes.return?.()
  })

  it('never takes the end of a backend for the end of changes', async () => {
    const store = createStore({
      name: 'short',
      get: () => undefined,
      keys: () => [],
      async *watch() {
        yield ['a']
      },
    })
    const told: unknown[] = []
    const loop = async () => {
      for await (const change of watch(store)) told.push(change)
    }
    await expect(loop()).rejects.toMatchObject({ code: 'Unavailable', op: 'watch' })
    expect(told).toEqual([{ missed: true }, { key: 'a' }])
  })

  it('keeps no watcher that has gone', async () => {
    const { tell, watch: open } = watchers<string>()
    const controller = new AbortController()
    const changes = open({ signal: controller.signal })[Symbol.asyncIterator]()
    expect(await changes.next()).toEqual({ done: false, value: [] })
    const next = changes.next()
    tell('a')
    expect(await next).toEqual({ done: false, value: ['a'] })
    const last = changes.next()
    controller.abort()
    expect((await last).done).toBe(true)
  })
})

describe('pathOf and urlOf', () => {
  const located = createStore({
    name: 'located',
    get: () => bytes('x'),
    keys: () => [],
    set: () => {},
    delete: () => {},
    pathOf: (key: string) => `/files/${key}`,
    urlOf: (key: string, { expiresIn = 60 }) => `https://example.org/${key}?${expiresIn}`,
  })

  it('take the key through transforms and layers that change nothing of it', async () => {
    const view = pipe(located, mapKeys(affix('a/', '.txt')))
    expect(await pathOf(view, 'b')).toBe('/files/a/b.txt')
    expect(await urlOf(view, 'b', { expiresIn: 5 })).toBe('https://example.org/a/b.txt?5')
  })

  it('refuse where the value is another than the stored bytes', async () => {
    const texts = pipe(located, textValues())
    await expect(pathOf(texts, 'b')).rejects.toMatchObject({ code: 'Unsupported', key: 'b', op: 'pathOf' })
    expect(await pathOf(texts, 'b', { raw: true })).toBe('/files/b')
    const layered = pipe(
      located,
      onMissing(() => bytes('made')),
    )
    await expect(pathOf(layered as AnyReader, 'b')).rejects.toMatchObject({ code: 'Unsupported' })
  })
})

describe('media types', () => {
  it('are kept by memory, through a rename too, and refused elsewhere', async () => {
    const store = memory()
    await store.set('a', bytes('x'), { contentType: 'text/plain' })
    await writeStream(store, 'b', [bytes('y')], { contentType: 'text/css' })
    expect((await store.stat('a'))?.contentType).toBe('text/plain')
    expect((await store.stat('b'))?.contentType).toBe('text/css')
    await expect(store.set('a', bytes('z'), { contentType: 'nonsense' })).rejects.toMatchObject({
      code: 'InvalidArgument',
    })
    await expect(fromMap<string, number>().set('a', 1, { contentType: 'text/plain' })).rejects.toMatchObject({
      code: 'Unsupported',
    })
  })
})

describe('conversions', () => {
  it('go from a store to plain collections and back', async () => {
    const object = Object.create(null) as Record<string, number>
    const store = fromObject(object)
    await store.set('__proto__', 1)
    await store.set('b', 2)
    expect(Object.keys(object)).toEqual(['__proto__', 'b'])
    expect(Object.getPrototypeOf(object)).toBe(null)
    expect(await toArray(store)).toEqual([
      ['__proto__', 1],
      ['b', 2],
    ])
    expect(Object.entries(await toObject(store))[0]).toEqual(['__proto__', 1])
    expect(await remove(store, 'b')).toBe(true)
    expect(await toMap(store)).toEqual(new Map([['__proto__', 1]]))
    const frozen = fromObject<number>(Object.freeze({ a: 1 }))
    await expect(frozen.set('a', 2)).rejects.toMatchObject({ code: 'ReadOnly' })
    await expect(frozen.delete('a')).rejects.toMatchObject({ code: 'ReadOnly' })
    expect(await fromObject({ a: 1 }).get('toString')).toBe(undefined)
  })
})

describe('invalidAsAbsent', () => {
  it('makes reads of what cannot be a key absent, and refuses writes', async () => {
    const store = pipe(memory(), invalidAsAbsent())
    for (const key of ['', 'x'.repeat(2000), '\ud800']) {
      expect(await store.get(key)).toBe(undefined)
      expect(await store.has(key)).toBe(false)
      expect(await store.stat(key)).toBe(undefined)
      expect(await getWithStat(store, key)).toBe(undefined)
      expect(await toArray(store.getMany([key, 'a']))).toEqual([
        [key, undefined],
        ['a', undefined],
      ])
      await expect(store.set(key, bytes('x'))).rejects.toMatchObject({ code: 'InvalidKey' })
      await expect(store.delete(key)).rejects.toMatchObject({ code: 'InvalidKey' })
    }
    await expect(store.get(5 as never)).rejects.toMatchObject({ code: 'InvalidKey', reason: 'not-a-string' })
    await store.set('a', bytes('x'))
    expect(await store.get('a')).toEqual(bytes('x'))
    const strict = pipe(memory(), invalidAsAbsent({ reasons: ['empty'] }))
    await expect(strict.get('\ud800')).rejects.toMatchObject({ code: 'InvalidKey' })
  })
})

describe('bounds of listings', () => {
  it('reach a driver that knows nothing of them as a hint, and end the listing', async () => {
    const { store, asked, map } = counted({ order: 'utf8-bytes' })
    for (const key of ['a', 'b', 'c', 'd', 'e']) map.set(key, new Uint8Array())
    expect(await toArray(store.keys({ from: 'b', before: 'd', limit: 5 }))).toEqual(['b', 'c'])
    expect(asked).not.toContain('key e')
    await expect(toArray(store.keys({ reverse: true }))).rejects.toMatchObject({ code: 'Unsupported' })
  })

  it('are lost with the order, and go through transforms that keep it', async () => {
    const sorted = memory({ order: 'utf8-bytes' })
    const view = pipe(sorted, mapKeys(prefix('p/')))
    for (const key of ['a', 'b', 'c']) await view.set(key, bytes(key))
    expect(await toArray(view.keys({ reverse: true, before: 'c' }))).toEqual(['b', 'a'])
    expect(guarantees(view).reverse).toBe(true)
    const unordered = pipe(sorted, mapKeys(suffix('.x')))
    expect(guarantees(unordered)).toMatchObject({ order: 'none', reverse: false })
    await expect(toArray(unordered.keys({ from: 'a' }))).rejects.toMatchObject({ code: 'Unsupported' })
  })
})
