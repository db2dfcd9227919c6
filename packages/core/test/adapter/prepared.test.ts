import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { type LocatedDriver, type Place, PlaceGone, preparation, prepared } from '../../src/adapter.ts'
import { createStore, rename, StoreError, type WritableDriver, writeStream } from '../../src/index.ts'
import { METHOD_NAMES } from '../../src/methods.ts'

/** A folder in memory that has to be made before the first write, and can be removed behind the store's back. */
class Folder {
  readonly log: string[] = []
  files: Map<string, Uint8Array> | undefined
  place: Place = {
    look: () => {
      this.log.push('look')
      return this.files !== undefined
    },
    make: () => {
      this.log.push('make')
      this.files ??= new Map()
      return () => void this.log.push('finish')
    },
  }

  get there(): Map<string, Uint8Array> {
    if (this.files === undefined) throw new PlaceGone()
    return this.files
  }

  driver(): LocatedDriver<{ at: string }, Uint8Array> {
    return {
      name: 'folder',
      listsOnce: true,
      get: ({ at }) => this.files?.get(at),
      has: ({ at }) => this.files?.has(at) ?? false,
      stat: ({ at }) => ({ size: this.files?.get(at)?.byteLength ?? 0 }),
      size: () => this.files?.size ?? 0,
      keys: () => [...(this.files?.keys() ?? [])],
      getMany: places => places.map(({ at }) => this.files?.get(at)),
      set: ({ at }, value) => void this.there.set(at, value),
      delete: ({ at }) => void this.there.delete(at),
      setMany: entries => {
        for (const [{ at }, value] of entries) this.there.set(at, value)
      },
      deleteMany: places => new Map(places.map(place => [place, new StoreError('OutOfSpace', 'no')])),
      writeStream: async ({ at }, chunks) => {
        const { there } = this
        const parts = await collect(chunks)
        there.set(at, parts[0] ?? new Uint8Array())
      },
      rename: (from, to) => {
        const value = this.there.get(from.at)
        if (value !== undefined) this.there.set(to.at, value)
        this.there.delete(from.at)
        return value !== undefined
      },
    }
  }
}

const locate = (key: string) => {
  if (key.startsWith('!')) throw new StoreError('InvalidKey', 'no such name', { reason: 'bang' })
  return { at: key }
}

function open(folder: Folder, more: Partial<LocatedDriver<{ at: string }, Uint8Array>> = {}) {
  const driver = { ...folder.driver(), ...more } as LocatedDriver<{ at: string }, Uint8Array>
  return prepared(driver, { locate, preparation: preparation(folder.place) })
}

const value = bytes('v')

describe('prepared', () => {
  it('refuses a key that cannot be located before anything is touched', async () => {
    const folder = new Folder()
    const store = createStore(open(folder))
    const calls = [
      store.get('!'),
      store.has('!'),
      store.stat('!'),
      store.set('!', value),
      store.delete('!'),
      rename(store, '!', 'a'),
      rename(store, 'a', '!'),
      writeStream(store, '!', [value]),
      collect(store.getMany(['a', '!'])),
    ]
    for (const call of calls)
      expect(await rejection(call)).toMatchObject({ code: 'InvalidKey', reason: 'bang' })
    expect(folder.log).toEqual([])
  })

  it('reads as empty and deletes nothing where there is no place, and makes none', async () => {
    const folder = new Folder()
    const store = createStore(open(folder))
    expect(await store.get('a')).toBeUndefined()
    expect(await store.has('a')).toBe(false)
    expect(await store.stat('a')).toBeUndefined()
    expect(await store.size()).toBe(0)
    expect(await collect(store.keys())).toEqual([])
    expect(await collect(store.getMany(['a']))).toEqual([['a', undefined]])
    await store.delete('a')
    await store.deleteMany(['a'])
    expect(await rejection(rename(store, 'a', 'b'))).toMatchObject({ code: 'NotFound' })
    expect(folder.log).not.toContain('make')
  })

  it('makes the place once, for the first write, and finishes when its value is there', async () => {
    const folder = new Folder()
    const store = createStore(open(folder))
    await Promise.all(['a', 'b', 'c'].map(key => store.set(key, value)))
    await store.set('d', value)
    expect(folder.log).toEqual(['make', 'finish'])
  })

  it('answers at once where there is nothing to wait for', async () => {
    const folder = new Folder()
    const driver = open(folder)
    await driver.set('a', value, {})
    expect(driver.get('a', {})).toBe(value)
    expect(driver.has?.('a', {})).toBe(true)
  })

  it('begins a write again when its place is gone, and finishes again', async () => {
    const folder = new Folder()
    const store = createStore(open(folder))
    await store.set('a', value)
    folder.files = undefined
    await Promise.all(['b', 'c'].map(key => store.set(key, value)))
    expect([...(folder.files as unknown as Map<string, unknown>).keys()]).toEqual(['b', 'c'])
    expect(folder.log).toEqual(['make', 'finish', 'make', 'finish'])
    folder.files = undefined
    await writeStream(store, 'd', [value])
    expect(folder.files).toEqual(new Map([['d', value]]))
  })

  it('never begins a stream again of which part was consumed', async () => {
    const folder = new Folder()
    const store = createStore(
      open(folder, {
        async writeStream(_, chunks) {
          await collect(chunks)
          throw new PlaceGone()
        },
      }),
    )
    expect(await rejection(writeStream(store, 'a', [value]))).toMatchObject({
      code: 'Unavailable',
      outcome: 'not-applied',
    })
    expect(folder.log).toEqual(['make'])
  })

  it('gives up on a place that is removed each time', async () => {
    const folder = new Folder()
    const store = createStore(
      open(folder, {
        set() {
          throw new PlaceGone()
        },
      }),
    )
    expect(await rejection(store.set('a', value))).toMatchObject({ code: 'Unavailable', retryable: true })
    expect(folder.log.filter(step => step === 'make')).toHaveLength(3)
  })

  it('finishes after a first write that failed, and makes the place anew for the next', async () => {
    const folder = new Folder()
    let full = true
    const store = createStore(
      open(folder, {
        async set({ at }, bytes) {
          if (full) throw new StoreError('OutOfSpace', 'full')
          folder.there.set(at, bytes)
        },
      }),
    )
    const [one, other] = await Promise.all(['a', 'b'].map(key => rejection(store.set(key, value))))
    expect([one?.code, other?.code]).toEqual(['OutOfSpace', 'OutOfSpace'])
    expect(folder.log).toEqual(['make', 'finish'])
    full = false
    await store.set('a', value)
    expect(folder.log).toEqual(['make', 'finish', 'make', 'finish'])
  })

  it('a first write that succeeded is in doubt when finishing fails', async () => {
    const folder = new Folder()
    const { make } = folder.place
    folder.place = {
      ...folder.place,
      make: async () => {
        await make?.()
        return async () => {
          throw new Error('no')
        }
      },
    }
    expect(await rejection(createStore(open(folder)).set('a', value))).toMatchObject({ outcome: 'unknown' })
  })

  it('callers that wait for one step share its failure', async () => {
    let looks = 0
    const place: Place = {
      look: async () => {
        looks++
        throw new StoreError('Unavailable', 'no')
      },
    }
    const driver = prepared(new Folder().driver(), { locate, preparation: preparation(place) })
    const store = createStore(driver)
    const failures = await Promise.all(['a', 'b', 'c'].map(key => rejection(store.get(key))))
    expect(failures.map(({ code }) => code)).toEqual(['Unavailable', 'Unavailable', 'Unavailable'])
    expect(looks).toBe(1)
    await rejection(store.get('a'))
    expect(looks).toBe(2)
  })

  it('a place that cannot be made can be read', async () => {
    const folder = new Folder()
    folder.files = new Map([['a', value]])
    folder.place = {
      ...folder.place,
      make: async () => {
        throw new StoreError('PermissionDenied', 'no')
      },
    }
    const store = createStore(open(folder))
    const [written, read] = await Promise.all([rejection(store.set('b', value)), store.get('a')])
    expect(written).toMatchObject({ code: 'PermissionDenied', outcome: 'not-applied' })
    expect(read).toEqual(value)
  })

  it('failures of a batch are told by key, those of keys that cannot be located among them', async () => {
    const folder = new Folder()
    const store = createStore(open(folder))
    const { failures } = await rejection(
      store.setMany([
        ['a', value],
        ['!', value],
      ]),
    )
    expect([...(failures ?? [])]).toMatchObject([['!', { code: 'InvalidKey' }]])
    expect(folder.files).toEqual(new Map([['a', value]]))
    const deleted = await rejection(store.deleteMany(['a', '!']))
    expect([...(deleted.failures ?? [])].map(([key, { code }]) => [key, code]).sort()).toEqual([
      ['!', 'InvalidKey'],
      ['a', 'OutOfSpace'],
    ])
  })

  it('all or nothing: a key that cannot be located refuses the batch', async () => {
    const folder = new Folder()
    const store = createStore(open(folder, { guarantees: { batchAtomic: true } }))
    const batch = store.setMany([
      ['a', value],
      ['!', value],
    ])
    expect(await rejection(batch)).toMatchObject({ code: 'InvalidKey' })
    expect(folder.files).toBeUndefined()
  })

  it('copies for a driver that copies by itself, when it has to wait', async () => {
    const folder = new Folder()
    let begin = () => {}
    const held = new Promise<void>(resolve => {
      begin = resolve
    })
    const { make } = folder.place
    folder.place = {
      ...folder.place,
      make: async () => {
        await held
        await make?.()
      },
    }
    const store = createStore(open(folder, { copies: true }))
    const mine = bytes('before')
    const setting = store.set('a', mine)
    mine.fill(0)
    begin()
    await setting
    expect(await store.get('a')).toEqual(bytes('before'))
  })

  it('nothing of the driver goes past it but what it knows', () => {
    const extra = { ...new Folder().driver(), presign: () => 'x' }
    const driver = prepared(extra, { locate, preparation: preparation(new Folder().place) })
    expect('presign' in driver).toBe(false)
    const known = new Set<string>([...METHOD_NAMES, 'name', 'listsOnce'])
    expect(Object.keys(driver).filter(name => !known.has(name))).toEqual([])
  })

  it('what it gives is a driver', () => {
    const driver: WritableDriver = open(new Folder())
    expect(createStore(driver).toString()).toBe('Store(folder)')
  })
})
