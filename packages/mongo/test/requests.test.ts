import { getWithStat, jsonValues, pipe, update } from '@kvdol/core'
import { respond } from '@kvdol/core/layers'
import { withService } from '@kvdol/services'
import { bytes } from '@kvdol/test-support'
import { Long } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { blobs, documents } from '../src/index.ts'
import { openServer } from './support/server.ts'
import { THINGS, thingsOn } from './support/things.ts'

await withService('mongo', url => {
  const server = openServer(url)

  /** The commands that a call sends. */
  async function sent(call: () => Promise<unknown>): Promise<string[]> {
    const before = server.commands.length
    await call()
    return server.commands.slice(before)
  }

  describe('a value with its stat', () => {
    it('comes by one command, also for update and a web handler', async () => {
      const store = blobs(server.collection())
      await store.set('page', bytes('{"n":1}'))
      expect(await sent(() => getWithStat(store, 'page'))).toEqual(['find'])
      const parsed = pipe(store, jsonValues<{ n: number }>())
      const add = () => update(parsed, 'page', value => ({ n: (value?.n ?? 0) + 1 }))
      expect(await sent(add)).toEqual(['find', 'findAndModify'])
      const page = () => respond(store, 'page', new Request('http://127.0.0.1/page'))
      expect(await sent(page)).toEqual(['find'])
      expect(await (await page()).text()).toBe('{"n":2}')
    })

    it('comes by one command from documents, as get and stat give it', async () => {
      const collection = await thingsOn(server)
      const exact = { long: Long.fromNumber(5), bytes: Buffer.from('x'), when: new Date(0), pattern: /x/i }
      await collection.insertOne({ ...THINGS[0], _id: 8, ...exact } as never)
      for (const options of [{}, { int64: 'bigint' }, { value: 'number' }, { match: 'first' }] as const) {
        const store = documents(collection, options as { match: 'first' })
        await store.size()
        expect(await sent(() => getWithStat(store, 8))).toEqual(['find'])
        const found = await getWithStat(store, 8)
        expect(found).toEqual({ value: await store.get(8), stat: await store.stat(8) })
        expect(await getWithStat(store, 99)).toBe(undefined)
      }
      const numbers = documents(collection, { value: 'number' })
      await numbers.size()
      expect(await sent(() => update(numbers, 1, (n = 0) => n + 1))).toEqual([
        'find',
        'find',
        'findAndModify',
      ])
      expect(await numbers.get(1)).toBe(11)
    })
  })
})
