import { conformance } from '@kvdol/conformance'
import { clear, rename, watch } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bytes, closedAfterTest, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { redis } from '../src/index.ts'
import { openCluster } from './support/server.ts'
import { subject } from './support/subject.ts'

await withService('rediscluster', async url => {
  const cluster = await openCluster(url)

  const keys = Array.from({ length: 300 }, (_, index) => `k${index}`)
  const entries = keys.map(key => [key, bytes(key)] as const)

  describe.each([
    ['over all nodes', ''],
    ['with a hash tag', '{tag}'],
  ])('a cluster, %s', (_, tag) => {
    const cases = conformance({ ...subject(cluster, tag), scale: 'smoke' })
    // With a tag only what is about several keys goes another way.
    for (const { name, clause, run } of cases)
      if (tag === '' || /^(W13|D3|L1|N1|N2)$/.test(clause)) it(name, run)

    it('batches, listings and renames meet every key', async () => {
      const store = redis({ client: cluster, prefix: cluster.freshPrefix(tag) })
      await store.setMany(entries)
      expect((await collect(store.keys())).sort()).toEqual([...keys].sort())
      expect(await collect(store.getMany(keys))).toEqual(entries)
      for (const key of keys.slice(0, 20)) await rename(store, key, `moved/${key}`)
      expect(await store.get('moved/k7')).toEqual(bytes('k7'))
      expect(await store.size()).toBe(keys.length)
      await store.deleteMany(keys)
      expect(await store.size()).toBe(20)
      await clear(store, { confirm: true })
    })

    it('another kind of value is not read, replaced or removed', async () => {
      const prefix = cluster.freshPrefix(tag)
      const store = redis({ client: cluster, prefix })
      await cluster.lPush(`${prefix}list`, 'a')
      expect(await collect(store.getMany(['list']))).toEqual([['list', undefined]])
      const error = await rejection(
        store.setMany([
          ['list', bytes('v')],
          ['value', bytes('v')],
        ]),
      )
      expect([...(error.failures ?? [])].map(([key, { code }]) => [key, code])).toEqual([
        ['list', 'Incompatible'],
      ])
      await store.deleteMany(['list', 'value'])
      expect(await cluster.lRange(`${prefix}list`, 0, -1)).toEqual(['a'])
      await cluster.del(`${prefix}list`)
    })
  })

  it('one node by its address says that it is a part of a cluster', async () => {
    const store = closedAfterTest(redis({ url, prefix: cluster.freshPrefix() }))
    const calls = await Promise.allSettled(keys.slice(0, 20).map(key => store.get(key)))
    const [refused] = calls.flatMap(call => (call.status === 'rejected' ? [call.reason] : []))
    expect(refused).toMatchObject({ code: 'Unavailable', retryable: false })
    expect(refused.message).toContain('createCluster')
  })

  it('watch is refused', async () => {
    const store = redis({ client: cluster, prefix: cluster.freshPrefix() })
    const error = await rejection(collect(watch(store)))
    expect(error).toMatchObject({ code: 'Unsupported' })
  })
})
