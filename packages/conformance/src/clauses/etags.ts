import { batch, rename, writeStream } from '@kvdol/core'
import { ensure, expectRejects, expectSame } from '../assert.ts'
import { filled } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import type { ByteStore } from '../subject.ts'

type Write = (store: ByteStore, value: Uint8Array) => Promise<unknown>

/** Every way to replace the value of `key`. What is moved there was written as often as the first value. */
const WRITES: Readonly<Record<string, Write>> = {
  set: (store, value) => store.set('key', value),
  setMany: (store, value) => store.setMany([['key', value]]),
  writeStream: (store, value) => writeStream(store, 'key', [value]),
  batch: (store, value) => batch(store, [{ set: 'key', value }]),
  async rename(store, value) {
    await store.set('from', value)
    await rename(store, 'from', 'key')
  },
  async 'set after delete'(store, value) {
    await store.delete('key')
    await store.set('key', value)
  },
}

/** R3: what an etag stands for. */
export const etags: readonly Check[] = [
  check('R3', 'every way of writing changes etag and size, and no old etag comes back', async lab => {
    const store = await lab.open()
    await store.set('key', filled(3, 0))
    const first = await store.stat('key')
    if (first?.etag === undefined) return lab.skip('stat gives no etag')
    const seen = new Set([first.etag])
    for (const [index, [name, write]] of Object.entries(WRITES).entries()) {
      const value = filled(4 + index, index)
      await write(store, value)
      const { etag, size } = (await store.stat('key')) ?? {}
      ensure(
        etag !== undefined && !seen.has(etag),
        `${name} changes the etag, to one that no other bytes had`,
        `the etag ${etag} again`,
        'key',
      )
      seen.add(etag)
      if (size !== undefined) expectSame(size, value.byteLength, `${name} changes the size`, 'key')
    }
    if (!lab.guarantees(store).conditions.includes('ifMatch')) return
    for (const ifMatch of [...seen].slice(0, -1))
      await expectRejects(
        () => store.set('key', filled(1, 1), { ifMatch }),
        'Conflict',
        'an etag of former bytes is stale',
        'key',
      )
  }),
]
