import { createHash } from 'node:crypto'
import {
  clear,
  getWithStat,
  jsonValues,
  pipe,
  readRange,
  remove,
  rename,
  textValues,
  update,
} from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { createClientPool } from 'redis'
import { describe, expect, it } from 'vitest'
import { type ForeignKey, redis } from '../src/index.ts'
import { collision } from './support/collision.ts'
import { openServer } from './support/server.ts'

const sha1 = (value: Buffer) => createHash('sha1').update(value).digest('hex')

await withService('redis', async url => {
  const server = await openServer(url)

  function opened(onForeign?: (key: ForeignKey) => void) {
    const prefix = server.freshPrefix()
    return { prefix, store: redis({ client: server, prefix, onForeign }) }
  }

  describe('values as they are', () => {
    it('are read by other programs, and read as those wrote them', async () => {
      const { prefix, store } = opened()
      await pipe(store, textValues()).set('héllo/1', 'wörld')
      expect(await server.get(`${prefix}héllo/1`)).toBe('wörld')
      await server.set(`${prefix}number`, 5)
      await server.incr(`${prefix}number`)
      expect(await pipe(store, jsonValues<number>()).get('number')).toBe(6)
    })

    it('have an etag that is made of their bytes, whoever wrote them', async () => {
      const { prefix, store } = opened()
      await store.set('a', bytes('one'))
      await server.set(`${prefix}b`, 'one')
      const [a, b] = [await store.stat('a'), await store.stat('b')]
      expect(a?.etag).toBe(b?.etag)
      await server.append(`${prefix}a`, '!')
      expect((await store.stat('a'))?.etag).not.toBe(a?.etag)
      expect(await rejection(store.set('a', bytes('two'), { ifMatch: a?.etag as string }))).toMatchObject({
        code: 'Conflict',
      })
      expect(text((await store.get('a')) as Uint8Array)).toBe('one!')
    })

    it('have another etag where SHA-1 alone would be the same', async () => {
      const { store } = opened()
      const [one, two] = collision()
      expect(sha1(one)).toBe(sha1(two))
      await store.set('one', one)
      await store.set('two', two)
      expect((await store.stat('one'))?.etag).not.toBe((await store.stat('two'))?.etag)
    })

    it('are counted by many at once without a loss', async () => {
      const { store } = opened()
      const counter = pipe(store, jsonValues<number>())
      await Promise.all(
        Array.from({ length: 20 }, () => update(counter, 'n', (n = 0) => n + 1, { retries: 100 })),
      )
      expect(await counter.get('n')).toBe(20)
    })

    it('are read in parts without sending the rest', async () => {
      const { store } = opened()
      await store.set('k', bytes('0123456789'))
      const part = async (range: object) => text((await readRange(store, 'k', range)) as Uint8Array)
      expect(await part({ start: 2, end: 5 })).toBe('234')
      expect(await part({ start: 8 })).toBe('89')
      expect(await part({ suffix: 3 })).toBe('789')
      expect(await part({ start: 4, end: 4 })).toBe('')
      expect(await part({ suffix: 0 })).toBe('')
      expect(await rejection(part({ start: 10 }))).toMatchObject({ code: 'RangeNotSatisfiable' })
    })
  })

  describe('keys', () => {
    it.each(['*', '?', '[a]', 'a\\b', '^', '{tag}', '[', 'a-z'])('a prefix %s means itself', async own => {
      const prefix = server.freshPrefix() + own
      const store = redis({ client: server, prefix })
      await server.set(`${prefix}k`, 'mine')
      await server.set(`${prefix.slice(0, -own.length)}x:k`, 'not mine')
      await store.set(`${own}/1`, bytes('1'))
      await store.set('xx/2', bytes('2'))
      expect(new Set(await collect(store.keys()))).toEqual(new Set(['k', `${own}/1`, 'xx/2']))
      expect(await collect(store.keys({ prefix: own }))).toEqual([`${own}/1`])
    })

    it('of more pages than one are listed once each, while others come and go', async () => {
      const { store } = opened()
      const stay = Array.from({ length: 3000 }, (_, i) => `stay/${i}`)
      await store.setMany(stay.map(key => [key, bytes('v')] as const))
      const listed: string[] = []
      let round = 0
      for await (const key of store.keys()) {
        listed.push(key)
        if (listed.length % 100 === 0)
          await store.setMany(
            Array.from({ length: 200 }, (_, i) => [`new/${round}/${i}`, bytes('v')] as const),
          )
        round++
        if (listed.length > 100_000) break
      }
      expect(new Set(listed).size).toBe(listed.length)
      expect(listed.filter(key => key.startsWith('stay/')).sort()).toEqual(stay.sort())
      await clear(store, { confirm: true })
    })

    it('clear of a whole database needs to be allowed', async () => {
      const whole = redis({ client: server })
      expect(await rejection(clear(whole, { confirm: true }))).toMatchObject({ code: 'Unsupported' })
    })
  })

  describe('other kinds of values under a legal key', () => {
    async function withList() {
      const told: ForeignKey[] = []
      const { prefix, store } = opened(key => told.push(key))
      await server.rPush(`${prefix}list`, ['a', 'b'])
      await store.set('value', bytes('v'))
      const there = async () => expect(await server.lRange(`${prefix}list`, 0, -1)).toEqual(['a', 'b'])
      return { told, prefix, store, there }
    }

    it('are not in the store, on any path', async () => {
      const { store, told } = await withList()
      expect(await store.get('list')).toBeUndefined()
      expect(await store.has('list')).toBe(false)
      expect(await store.stat('list')).toBeUndefined()
      expect(await getWithStat(store, 'list')).toBeUndefined()
      expect(await collect(store.getMany(['list', 'value']))).toEqual([
        ['list', undefined],
        ['value', bytes('v')],
      ])
      expect(await collect(store.keys())).toEqual(['value'])
      expect(await store.size()).toBe(1)
      expect(told).toContainEqual({ key: 'list', type: 'list' })
    })

    it('are never replaced or removed', async () => {
      const { store, there } = await withList()
      const etag = (await store.stat('value'))?.etag as string
      const writes = [
        () => store.set('list', bytes('v')),
        () => store.set('list', bytes('v'), { ifAbsent: true }),
        () => store.set('list', bytes('v'), { ifMatch: etag }),
        () => store.set('list', bytes('v'), { expiresAt: Date.now() + 10_000 }),
        () => rename(store, 'value', 'list'),
      ]
      for (const write of writes) {
        expect(await rejection(write())).toMatchObject({ code: 'Incompatible', outcome: 'not-applied' })
        await there()
      }
      const error = await rejection(
        store.setMany([
          ['list', bytes('v')],
          ['more', bytes('w')],
        ]),
      )
      expect(error.failures?.get('list')).toMatchObject({ code: 'Incompatible' })
      expect(await store.get('more')).toEqual(bytes('w'))
      await store.delete('list')
      await store.deleteMany(['list'])
      expect(await remove(store, 'list')).toBe(false)
      expect(await rejection(rename(store, 'list', 'elsewhere'))).toMatchObject({ code: 'NotFound' })
      await clear(store, { confirm: true })
      await there()
    })

    it('a name that is no text is told, and left alone', async () => {
      const told: ForeignKey[] = []
      const { prefix, store } = opened(key => told.push(key))
      const name = Buffer.concat([Buffer.from(prefix), Buffer.from([0xff])])
      await server.set(name, 'x')
      await server.set(prefix, 'the prefix itself')
      expect(await collect(store.keys())).toEqual([])
      expect(told).toEqual(
        expect.arrayContaining([
          { key: '\ufffd', type: 'string' },
          { key: '', type: 'string' },
        ]),
      )
      expect(await server.exists(name)).toBe(1)
    })
  })

  describe('values that end', () => {
    const soon = () => Date.now() + 60_000

    it('are ended by the server, and stat tells when', async () => {
      const { prefix, store } = opened()
      const end = soon()
      await store.set('k', bytes('v'), { expiresAt: end })
      expect((await store.stat('k'))?.expiresAt).toBe(end)
      expect((await getWithStat(store, 'k'))?.stat.expiresAt).toBe(end)
      expect(await server.pExpireTime(`${prefix}k`)).toBe(end)
    })

    it('have no end after a write without one, and keep it when they are renamed', async () => {
      const { store } = opened()
      const end = soon()
      await store.set('a', bytes('v'), { expiresAt: end })
      await rename(store, 'a', 'b')
      expect((await store.stat('b'))?.expiresAt).toBe(end)
      await store.set('b', bytes('w'))
      expect((await store.stat('b'))?.expiresAt).toBeUndefined()
    })

    it('whose time has come are on no path', async () => {
      const { store } = opened()
      for (const expiresAt of [Date.now() - 1000, 1, 0, -5, -1e15])
        await store.set(`k${expiresAt}`, bytes('v'), { expiresAt })
      await store.set('never', bytes('v'), { expiresAt: 1e300 })
      expect(await collect(store.keys())).toEqual(['never'])
      expect(await store.has('k1')).toBe(false)
      expect(await store.stat('k0')).toBeUndefined()
      await store.set('k1', bytes('new'), { ifAbsent: true })
      expect((await store.stat('never'))?.expiresAt).toBeUndefined()
      expect(await rejection(store.set('k', bytes('v'), { expiresAt: Number.NaN }))).toMatchObject({
        code: 'InvalidArgument',
      })
    })

    it('end while nobody looks', async () => {
      const { store } = opened()
      await store.set('k', bytes('v'), { expiresAt: Date.now() + 30 })
      await new Promise(resolve => setTimeout(resolve, 100))
      expect(await store.get('k')).toBeUndefined()
      expect(await store.size()).toBe(0)
    })
  })

  describe('clients', () => {
    it('a database of its own by number, in the url or beside it', async () => {
      const prefix = server.freshPrefix()
      const [by, beside] = [redis({ url: `${url}/3`, prefix }), redis({ url, database: 3, prefix })]
      await by.set('k', bytes('v'))
      expect(await beside.get('k')).toEqual(bytes('v'))
      expect(await server.exists(`${prefix}k`)).toBe(0)
      await beside.delete('k')
      await Promise.all([by.close(), beside.close()])
    })

    it('that are given stay open', async () => {
      const { store } = opened()
      await store.close()
      expect(await server.ping()).toBe('PONG')
    })

    it('may be a pool', async () => {
      const pool = createClientPool({ url })
      pool.on('error', () => {})
      await pool.connect()
      const store = redis({ client: pool, prefix: server.freshPrefix() })
      await store.setMany([
        ['a', bytes('1')],
        ['b', bytes('2')],
      ])
      expect(await store.size()).toBe(2)
      expect(await store.get('a')).toEqual(bytes('1'))
      await clear(store, { confirm: true })
      pool.destroy()
    })
  })
})
