import { bytes, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  type Condition,
  createStore,
  getOrInsert,
  getWithStat,
  mapValues,
  memory,
  pipe,
  remove,
  rename,
  StoreError,
  take,
  textValues,
  update,
  type WritableDriver,
} from '../src/index.ts'

const ALL: readonly Condition[] = ['ifAbsent', 'ifMatch', 'deleteIfMatch']

interface Given {
  readonly conditions?: readonly Condition[]
  /** What others do just before a call of the driver: `get`, `stat`, `set` or `delete`. */
  readonly meanwhile?: (call: string, map: Map<string, string>, times: number) => void
  readonly more?: object
}

/** A store whose etags are its values; others may write while a call is under way. */
function contended({ conditions = ALL, meanwhile = () => {}, more = {} }: Given = {}) {
  const map = new Map<string, string>()
  const asked: string[] = []
  const options: object[] = []
  const begin = (call: string, key: string, given: object) => {
    meanwhile(call, map, asked.filter(each => each === `${call} ${key}`).length)
    asked.push(`${call} ${key}`)
    options.push(given)
  }
  const conflict = () => {
    throw new StoreError('Conflict', 'another value')
  }
  const value = (key: string) => {
    const found = map.get(key)
    return found === undefined ? undefined : bytes(found)
  }
  const driver: WritableDriver<string, Uint8Array> = {
    name: 'contended',
    guarantees: { conditions },
    get: (key: string, given: object) => {
      begin('get', key, given)
      return value(key)
    },
    stat: (key: string, given: object) => {
      begin('stat', key, given)
      const found = map.get(key)
      return found === undefined ? undefined : { size: found.length, etag: `<${found}>` }
    },
    keys: () => map.keys(),
    set(key: string, stored: Uint8Array, given: { ifAbsent?: boolean; ifMatch?: string }) {
      begin('set', key, given)
      if (given.ifAbsent && map.has(key)) conflict()
      if (given.ifMatch !== undefined && given.ifMatch !== `<${map.get(key)}>`) conflict()
      map.set(key, text(stored))
    },
    delete(key: string, given: { ifMatch?: string }) {
      begin('delete', key, given)
      if (given.ifMatch !== undefined && given.ifMatch !== `<${map.get(key)}>`) conflict()
      map.delete(key)
    },
    ...more,
  }
  return { store: pipe(createStore(driver), textValues()), map, asked, options }
}

describe('update', () => {
  it('stores what is made of the value that was read, under the condition that it is still there', async () => {
    const { store, map, asked, options } = contended()
    const { signal } = new AbortController()
    const seen: unknown[] = []
    const change = (value: string | undefined) => {
      seen.push(value)
      return `${value ?? ''}x`
    }
    expect(await update(store, 'k', change, { signal })).toBe('x')
    expect(await update(store, 'k', change)).toBe('xx')
    expect(seen).toEqual([undefined, 'x'])
    expect(map.get('k')).toBe('xx')
    expect(asked).toEqual(['stat k', 'set k', 'stat k', 'get k', 'set k'])
    expect(options).toEqual([{ signal }, { signal, ifAbsent: true }, {}, {}, { ifMatch: '<x>' }])
  })

  it('begins again when somebody else was faster, at any step', async () => {
    for (const step of ['stat', 'get', 'set']) {
      const { store, map } = contended({
        meanwhile(call, map, times) {
          if (call === step && times === 0) map.set('k', 'other')
        },
      })
      map.set('k', 'first')
      expect(await update(store, 'k', value => `${value}+`)).toBe('other+')
      expect(map.get('k')).toBe('other+')
    }
  })

  it('begins again when the value came or went between its two reads', async () => {
    const gone = contended({
      meanwhile(call, map, times) {
        if (call === 'get' && times === 0) map.delete('k')
      },
    })
    gone.map.set('k', 'first')
    const seen: unknown[] = []
    await update(gone.store, 'k', value => {
      seen.push(value)
      return 'new'
    })
    expect(seen).toEqual([undefined])
  })

  it('writes nothing where nothing is to change, and gives what is there', async () => {
    const { store, map, asked } = contended()
    map.set('k', 'v')
    expect(await update(store, 'k', () => undefined)).toBe('v')
    expect(await update(store, 'x', () => undefined)).toBeUndefined()
    expect(asked.filter(each => each.startsWith('set'))).toEqual([])
  })

  it('gives up after as many tries as it was told, and can be tried again', async () => {
    const { store, asked } = contended({
      meanwhile: (call, map, times) => void (call === 'set' && map.set('k', `other ${times}`)),
    })
    const error = await rejection(update(store, 'k', () => 'mine', { retries: 2 }))
    expect(error).toMatchObject({
      code: 'Conflict',
      op: 'update',
      key: 'k',
      retryable: true,
      detail: 'the value changed during each of 3 tries',
    })
    expect(asked.filter(each => each === 'set k')).toHaveLength(3)
    const once = await rejection(update(store, 'k', () => 'mine', { retries: 0 }))
    expect(once.detail).toBe('the value changed during each of 1 tries')
  })

  it('tells any other failure as it is, without another try', async () => {
    let tries = 0
    const { store } = contended({
      more: {
        set() {
          tries++
          throw new StoreError('OutOfSpace', 'full')
        },
      },
    })
    expect(await rejection(update(store, 'k', () => 'v'))).toMatchObject({
      code: 'OutOfSpace',
      op: 'set',
      key: 'k',
    })
    expect(tries).toBe(1)
    await expect(
      update(store, 'k', () => {
        throw new RangeError('mine')
      }),
    ).rejects.toThrow(RangeError)
  })

  it('stops when the signal fires between two tries', async () => {
    const controller = new AbortController()
    const { store, asked } = contended({
      meanwhile(call, map) {
        if (call === 'set') map.set('k', String(map.get('k')?.length ?? 0))
      },
    })
    const aborting = () => {
      controller.abort()
      return 'mine'
    }
    const updating = update(store, 'k', aborting, { signal: controller.signal })
    expect(await rejection(updating)).toMatchObject({ code: 'Aborted' })
    expect(asked.filter(each => each === 'stat k')).toHaveLength(1)
  })

  it('needs both conditions', async () => {
    for (const condition of ['ifAbsent', 'ifMatch'] as const)
      expect(
        await rejection(update(contended({ conditions: [condition] }).store, 'k', () => 'v')),
      ).toMatchObject({
        code: 'Unsupported',
        op: 'update',
        key: 'k',
      })
  })
})

describe('getOrInsert', () => {
  it('gives what is there without making anything', async () => {
    const { store, map, asked } = contended()
    map.set('k', 'v')
    expect(await getOrInsert(store, 'k', () => expect.fail('nothing is to be made'))).toBe('v')
    expect(asked).toEqual(['get k'])
  })

  it('stores once what is made once, and gives the value that was stored first', async () => {
    let made = 0
    const { store, map, options } = contended({
      meanwhile(call, map, times) {
        if (call === 'set' && times === 0) map.set('k', 'theirs')
      },
    })
    const { signal } = new AbortController()
    expect(await getOrInsert(store, 'k', key => `mine of ${key} ${++made}`, { signal })).toBe('theirs')
    expect(map.get('k')).toBe('theirs')
    expect(made).toBe(1)
    expect(options).toEqual([{ signal }, { signal, ifAbsent: true }, { signal }])
  })

  it('makes one value also for several tries', async () => {
    let made = 0
    const { store, map } = contended({
      meanwhile(call, map, times) {
        // Somebody stores a value just before, and removes it just after.
        if (call === 'set' && times === 0) map.set('k', 'theirs')
        if (call === 'get' && times === 1) map.delete('k')
      },
    })
    expect(await getOrInsert(store, 'k', () => `${++made}`)).toBe('1')
    expect(map.get('k')).toBe('1')
    expect(made).toBe(1)
  })

  it('stores without a condition where the store has none, and tells its failures', async () => {
    const { store, options } = contended({ conditions: [] })
    expect(await getOrInsert(store, 'k', () => 'v')).toBe('v')
    expect(options).toEqual([{}, {}])
    for (const conditions of [[], ALL]) {
      const failing = contended({
        conditions,
        more: {
          set() {
            throw new StoreError(conditions.length > 0 ? 'OutOfSpace' : 'Conflict', 'no')
          },
        },
      })
      expect(await rejection(getOrInsert(failing.store, 'k', () => 'v'))).toMatchObject({
        op: 'set',
        key: 'k',
      })
    }
  })

  it('gives bytes of its own', async () => {
    const mine = Buffer.from('v')
    const given = await getOrInsert(memory(), 'k', () => mine as never)
    expect(Object.getPrototypeOf(given)).toBe(Uint8Array.prototype)
  })
})

describe('take', () => {
  it('removes the value that it gives, and gives it once', async () => {
    const { store, map, asked, options } = contended()
    map.set('k', 'v')
    const { signal } = new AbortController()
    expect(await take(store, 'k', { signal })).toBe('v')
    expect(await take(store, 'k')).toBeUndefined()
    expect(map.size).toBe(0)
    expect(asked).toEqual(['stat k', 'get k', 'delete k', 'stat k'])
    expect(options[2]).toEqual({ signal, ifMatch: '<v>' })
  })

  it('takes the newer value when it is replaced meanwhile', async () => {
    for (const step of ['get', 'delete']) {
      const { store, map } = contended({
        meanwhile(call, map, times) {
          if (call === step && times === 0) map.set('k', 'newer')
        },
      })
      map.set('k', 'v')
      expect(await take(store, 'k')).toBe('newer')
      expect(map.size).toBe(0)
    }
  })

  it('takes without a guard only where that was asked for', async () => {
    const { store, map, asked, options } = contended({ conditions: ['ifMatch'] })
    map.set('k', 'v')
    expect(await rejection(take(store, 'k'))).toMatchObject({ code: 'Unsupported', op: 'take', key: 'k' })
    expect(await take(store, 'k', { unguarded: true })).toBe('v')
    expect(asked).toEqual(['get k', 'delete k'])
    expect(options).toEqual([{}, {}])
    expect(await take(store, 'k', { unguarded: true })).toBeUndefined()
  })

  it('guards also where it need not, if it can, and tells other failures as they are', async () => {
    const { store, map, options } = contended()
    map.set('k', 'v')
    expect(await take(store, 'k', { unguarded: true })).toBe('v')
    expect(options.at(-1)).toEqual({ ifMatch: '<v>' })
    for (const unguarded of [true, false]) {
      let tries = 0
      const failing = contended({
        conditions: unguarded ? [] : ALL,
        more: {
          delete() {
            tries++
            throw new StoreError(unguarded ? 'Conflict' : 'PermissionDenied', 'no')
          },
        },
      })
      failing.map.set('k', 'v')
      expect(await rejection(take(failing.store, 'k', { unguarded }))).toMatchObject({
        op: 'delete',
        key: 'k',
      })
      expect(tries).toBe(1)
    }
  })
})

describe('remove', () => {
  it('asks a driver that can tell', async () => {
    const asked: unknown[] = []
    const { store } = contended({
      conditions: [],
      more: { remove: (...given: unknown[]) => asked.push(given) > 0 && asked.length === 1 },
    })
    const { signal } = new AbortController()
    expect(await remove(store, 'k', { signal })).toBe(true)
    expect(await remove(store, 'k')).toBe(false)
    expect(asked).toEqual([
      ['k', { signal }],
      ['k', {}],
    ])
  })

  it('deletes by tag, again when the value was replaced, and tells who came too late', async () => {
    const { store, map, options } = contended({
      meanwhile(call, map, times) {
        if (call === 'delete' && times === 0) map.set('k', 'newer')
      },
    })
    map.set('k', 'v')
    expect(await remove(store, 'k')).toBe(true)
    expect(map.size).toBe(0)
    expect(options.filter(each => 'ifMatch' in each)).toEqual([{ ifMatch: '<v>' }, { ifMatch: '<newer>' }])
    const late = contended({ meanwhile: (call, map) => void (call === 'delete' && map.delete('k')) })
    late.map.set('k', 'v')
    expect(await remove(late.store, 'k')).toBe(false)
  })

  it('gives up after 21 tries, and tells other failures at once', async () => {
    const busy = contended({
      meanwhile: (call, map, times) => void (call === 'delete' && map.set('k', `${times}`)),
    })
    busy.map.set('k', 'v')
    expect(await rejection(remove(busy.store, 'k'))).toMatchObject({
      code: 'Conflict',
      op: 'remove',
      key: 'k',
      detail: 'the value changed during each of 21 tries',
    })
    let tries = 0
    const denied = contended({
      more: {
        delete() {
          tries++
          throw new StoreError('PermissionDenied', 'no')
        },
      },
    })
    denied.map.set('k', 'v')
    expect(await rejection(remove(denied.store, 'k'))).toMatchObject({
      code: 'PermissionDenied',
      op: 'remove',
    })
    expect(tries).toBe(1)
  })
})

describe('getWithStat', () => {
  it('gives a value and a stat of one moment, and asks again when they are not', async () => {
    const { store, map, asked, options } = contended({
      meanwhile(call, map, times) {
        if (call === 'get' && times === 0) map.set('k', 'newer')
      },
    })
    map.set('k', 'v')
    const { signal } = new AbortController()
    expect(await getWithStat(store, 'k', { signal })).toEqual({
      value: 'newer',
      stat: { size: 5, etag: '<newer>' },
    })
    expect(asked).toEqual(['stat k', 'get k', 'stat k', 'stat k', 'get k', 'stat k'])
    expect(options.every(given => (given as { signal?: unknown }).signal === signal)).toBe(true)
  })

  it.each(['etag', 'size', 'contentType', 'expiresAt', 'modified'])(
    'asks again when only the %s differs',
    async name => {
      const values: Record<string, [unknown, unknown]> = {
        etag: ['a', 'b'],
        size: [1, 2],
        contentType: ['text/plain', 'text/css'],
        expiresAt: [1, 2],
        modified: [new Date(1), new Date(2)],
      }
      const [one, other] = values[name] as [unknown, unknown]
      let stats = 0
      const { store, map, asked } = contended({
        more: { stat: () => ({ [name]: ++stats === 1 ? one : other }) },
      })
      map.set('k', 'v')
      expect(await getWithStat(store, 'k')).toEqual({ value: 'v', stat: { [name]: other } })
      expect(asked).toEqual(['get k', 'get k'])
    },
  )

  it('takes two stats of the same time for one', async () => {
    const { store, map, asked } = contended({ more: { stat: () => ({ modified: new Date(1) }) } })
    map.set('k', 'v')
    expect((await getWithStat(store, 'k'))?.stat.modified).toEqual(new Date(1))
    expect(asked).toEqual(['get k'])
  })

  it('gives nothing where there is nothing, and asks again when a value comes or goes', async () => {
    const { store, asked } = contended()
    expect(await getWithStat(store, 'k')).toBeUndefined()
    expect(asked).toEqual(['stat k', 'get k', 'stat k'])
    const coming = contended({ meanwhile: (call, map) => void (call === 'get' && map.set('k', 'v')) })
    expect(await getWithStat(coming.store, 'k')).toMatchObject({ value: 'v' })
    const going = contended({
      meanwhile: (call, map, times) => void (call === 'stat' && times === 1 && map.delete('k')),
    })
    going.map.set('k', 'v')
    expect(await getWithStat(going.store, 'k')).toBeUndefined()
  })

  it('gives up after 21 tries', async () => {
    let stats = 0
    const { store, map } = contended({ more: { stat: () => ({ size: stats++ }) } })
    map.set('k', 'v')
    expect(await rejection(getWithStat(store, 'k'))).toMatchObject({
      code: 'Conflict',
      op: 'getWithStat',
      key: 'k',
    })
    expect(stats).toBe(42)
  })

  it('knows the size where the driver has no stat, and of values that are no bytes nothing', async () => {
    const store = createStore({ name: 'bare', get: async () => bytes('four'), keys: () => [] })
    expect(await getWithStat(store, 'k')).toEqual({ value: bytes('four'), stat: { size: 4 } })
    expect(await getWithStat(pipe(store, textValues()), 'k')).toEqual({ value: 'four', stat: { size: 4 } })
    const any = createStore({ name: 'any', valueType: 'any', get: () => 7, keys: () => [] })
    expect(await getWithStat(any, 'k')).toEqual({ value: 7, stat: {} })
    const none = createStore({ name: 'none', get: () => undefined, keys: () => [] })
    expect(await getWithStat(none, 'k')).toBeUndefined()
  })

  it('asks once where the driver gives both, also for nothing', async () => {
    const asked: unknown[] = []
    const { store } = contended({
      more: {
        getWithStat(key: string, options: object) {
          asked.push([key, options])
          return key === 'k' ? { value: Buffer.from('v'), stat: { etag: 'e' } } : undefined
        },
      },
    })
    expect(await getWithStat(store, 'k')).toEqual({ value: 'v', stat: { etag: 'e' } })
    expect(await getWithStat(store, 'x')).toBeUndefined()
    expect(asked).toEqual([
      ['k', {}],
      ['x', {}],
    ])
  })
})

describe('rename where the backend cannot move', () => {
  it('stores the value at its new key before it removes the old one', async () => {
    const { store, map, asked } = contended()
    map.set('a', 'v')
    await rename(store, 'a', 'b')
    expect([...map]).toEqual([['b', 'v']])
    expect(asked.filter(each => /^(get|set|delete)/.test(each))).toEqual(['get a', 'set b', 'delete a'])
  })

  it('moves what was written to the old key meanwhile, and never over what somebody wrote to the new one', async () => {
    const { store, map, options } = contended({
      meanwhile(call, map, times) {
        if (call === 'delete' && times === 0) map.set('a', 'newer')
      },
    })
    map.set('a', 'v')
    await rename(store, 'a', 'b', { ifAbsent: true })
    expect([...map]).toEqual([['b', 'newer']])
    expect(options.filter(each => 'ifMatch' in each || 'ifAbsent' in each)).toEqual([
      { ifAbsent: true },
      { ifMatch: '<v>' },
      { ifMatch: '<v>', signal: undefined },
      { ifMatch: '<newer>' },
    ])
  })

  it('is done when the old key was removed by somebody else, after it was stored', async () => {
    const { store, map } = contended({
      meanwhile(call, map, times) {
        if (call === 'delete' && times === 0) map.delete('a')
      },
    })
    map.set('a', 'v')
    await rename(store, 'a', 'b')
    expect([...map]).toEqual([['b', 'v']])
  })

  it('refuses what is not there, and leaves a key that is renamed to itself', async () => {
    const { store, map, asked } = contended()
    expect(await rejection(rename(store, 'a', 'b'))).toMatchObject({
      code: 'NotFound',
      op: 'rename',
      key: 'a',
      detail: 'there is no such key',
    })
    expect(await rejection(rename(store, 'a', 'a'))).toMatchObject({ code: 'NotFound', key: 'a' })
    map.set('a', 'v')
    asked.length = 0
    await rename(store, 'a', 'a')
    expect(asked).toEqual(['get a'])
    expect(await rejection(rename(store, 'a', 'a', { ifAbsent: true }))).toMatchObject({ code: 'Conflict' })
    expect([...map]).toEqual([['a', 'v']])
  })

  it('encodes the value anew where its codec depends on the key, and asks the driver to move only plain ones', async () => {
    const moved: unknown[] = []
    const { store, map } = contended({
      more: { rename: (...given: unknown[]) => moved.push(given) > 0 && given[0] === 'a' },
    })
    map.set('a', 'a:v')
    const keyed = pipe(
      store,
      mapValues<typeof store, string>({
        decode: (value, key) => value.slice(key.length + 1),
        encode: (value, key) => `${key}:${value}`,
      }),
    )
    await rename(keyed, 'a', 'bb')
    expect([...map]).toEqual([['bb', 'bb:v']])
    expect(moved).toEqual([])
  })

  it.each<[readonly Condition[], string]>([
    [[], 'without any condition'],
    [['ifAbsent'], 'without a conditional delete'],
  ])('looks again before it removes %s (%s)', async conditions => {
    const { store, map, options } = contended({
      conditions,
      meanwhile(call, map, times) {
        // After the value was stored at its new key.
        if (call === 'stat' && times === 1) map.set('a', 'newer')
      },
    })
    map.set('a', 'v')
    await rename(store, 'a', 'b')
    expect([...map]).toEqual([['b', 'newer']])
    expect(options.some(each => 'ifMatch' in each)).toBe(false)
  })

  it('takes the end of a value along, and tells the failure of a delete', async () => {
    const { store, map, options, asked } = contended({
      more: {
        writeOptions: ['expiresAt'],
        stat: (key: string) =>
          key === 'a' ? { expiresAt: 7_000_000_000_000, contentType: 'text/css' } : undefined,
      },
    })
    map.set('a', 'v')
    await rename(store, 'a', 'b')
    expect(options[asked.indexOf('set b')]).toMatchObject({ expiresAt: 7_000_000_000_000 })
    // This driver takes no media type.
    expect(options[asked.indexOf('set b')]).not.toHaveProperty('contentType')
    for (const code of ['Conflict', 'PermissionDenied'] as const) {
      let deletes = 0
      const failing = contended({
        conditions: code === 'Conflict' ? [] : ALL,
        more: {
          delete() {
            deletes++
            throw new StoreError(code, 'no')
          },
        },
      })
      failing.map.set('a', 'v')
      expect(await rejection(rename(failing.store, 'a', 'b'))).toMatchObject({ code, op: 'rename' })
      expect(deletes).toBe(1)
    }
  })

  it('stores over its own copy alone where it can tell, and over whatever is there where it cannot', async () => {
    for (const conditions of [ALL, ['ifAbsent', 'deleteIfMatch'] as const]) {
      const { store, map, options, asked } = contended({
        conditions,
        meanwhile(call, map, times) {
          if (call === 'delete' && times === 0) map.set('a', 'newer')
        },
      })
      map.set('a', 'v')
      await rename(store, 'a', 'b', { ifAbsent: true })
      expect([...map]).toEqual([['b', 'newer']])
      const sets = options.filter((_, index) => asked[index] === 'set b')
      expect(sets).toEqual([{ ifAbsent: true }, conditions === ALL ? { ifMatch: '<v>' } : {}])
    }
  })

  it('asks a driver that can move, and says when there was nothing', async () => {
    const moved: unknown[] = []
    const { signal } = new AbortController()
    const plain = createStore({
      name: 'moving',
      guarantees: { conditions: ALL },
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      rename: (...given: unknown[]) => moved.push(given) > 0 && given[0] === 'a',
    })
    await rename(plain, 'a', 'b', { signal, ifAbsent: true })
    expect(moved).toEqual([['a', 'b', { signal, ifAbsent: true }]])
    expect(await rejection(rename(plain, 'x', 'b'))).toMatchObject({ code: 'NotFound', key: 'x' })
  })
})
