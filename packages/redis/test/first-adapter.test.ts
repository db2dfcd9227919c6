import { readFileSync } from 'node:fs'
import { type ByteStore, conformance, type Subject } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { closedAfterTest, openLink } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { firstAdapter } from './support/first-adapter.ts'
import { openServer } from './support/server.ts'

/** What somebody has to write for a first adapter, in lines. */
const LINES = 150

describe('an adapter written from the guide alone', () => {
  it(`takes less than ${LINES} lines`, () => {
    const text = readFileSync(new URL('support/first-adapter.ts', import.meta.url), 'utf8')
    expect(text.trim().split('\n').length).toBeLessThan(LINES)
  })
})

await withService('redis', async url => {
  const server = await openServer(url)
  const prefixes = new WeakMap<ByteStore, string>()
  const prefixOf = (store: ByteStore) => prefixes.get(store) as string
  const opened = (prefix: string) => {
    const store = firstAdapter({ url, prefix })
    prefixes.set(store, prefix)
    return store
  }
  const subject: Subject = {
    open: () => opened(server.freshPrefix()),
    reopen: store => opened(prefixOf(store)),
    async remove(store) {
      for await (const keys of server.scanIterator({ MATCH: `${prefixOf(store)}*`, COUNT: 1000 }))
        if (keys.length > 0) await server.unlink(keys)
    },
    async crowd(store) {
      await server.lPush(`${prefixOf(store)}list`, 'x')
      return ['list']
    },
  }

  describe('an adapter written from the guide alone, on a server', () => {
    for (const { name, run } of conformance(subject)) it(name, run)

    it('tells that nothing listens, and connects again when it was cut off', async () => {
      const gone = firstAdapter({ url: 'redis://127.0.0.1:1' })
      await expect(gone.get('k')).rejects.toMatchObject({ code: 'Unavailable' })
      await gone.close()
      const link = await openLink(Number(new URL(url).port))
      const address = `redis://127.0.0.1:${link.port}`
      const store = closedAfterTest(firstAdapter({ url: address, prefix: server.freshPrefix() }))
      link.cutBefore('no further')
      await expect(store.get('no further')).rejects.toMatchObject({ code: 'Unavailable' })
      expect(await store.get('k')).toBeUndefined()
    })
  })
})
