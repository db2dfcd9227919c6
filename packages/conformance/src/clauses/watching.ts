import { batch, isStoreError, remove, rename, type Watched, watch, writeStream } from '@kvdol/core'
import { ensure, expectRejects, expectSame, outcome, settles } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'

type Changes = AsyncIterator<Watched<string>>

/** Longest wait for a change to be told. */
const PATIENCE = 20_000

/** N13: being told of changes. */
export const watching: readonly Check[] = [
  check('N13', 'watch begins with a note and tells every change', async lab => {
    const store = await lab.open()
    const changes = await begun(lab, store)
    await store.set('w/a', utf8('1'))
    await store.set('w/b', utf8('1'))
    const told = await tells(changes, ['w/a', 'w/b'])
    await store.set('w/a', utf8('2'))
    told.push(...(await tells(changes, ['w/a'])))
    await store.delete('w/b')
    await store.setMany([
      ['w/c', utf8('1')],
      ['w/d', utf8('1')],
    ])
    told.push(...(await tells(changes, ['w/b', 'w/c', 'w/d'])))
    for (const key of told)
      ensure(/^w\/[a-d]$/.test(key), 'only keys that have changed are told', 'another', key)
    await changes.return?.()
  }),
  check('N13', 'watch tells every change, whatever makes it', async lab => {
    const store = await lab.open()
    for (const key of ['w/c', 'w/d', 'w/e', 'w/f']) await store.set(key, utf8('1'))
    const changes = await begun(lab, store)
    await makesChanges(store)
    await tells(changes, CHANGED)
    await changes.return?.()
  }),
  check(
    'N13',
    'watch tells what another store on the place changes',
    async lab => {
      const store = await lab.open()
      const changes = await begun(lab, store)
      const other = await lab.reopen(store)
      await other.set('w/other', utf8('1'))
      await tells(changes, ['w/other'])
      await other.delete('w/other')
      await tells(changes, ['w/other'])
      await changes.return?.()
    },
    ['reopen'],
  ),
  check('N13', 'watch tells of keys with the prefix and of no others', async lab => {
    const store = await lab.open()
    const changes = await begun(lab, store, { prefix: 'p/' })
    await store.set('other', utf8('1'))
    await store.set('p', utf8('1')).catch(() => {})
    await store.set('px', utf8('1'))
    await store.set('p/in', utf8('1')).catch(async () => {
      // Where a key cannot be what others begin with.
      await store.delete('p')
      await store.set('p/in', utf8('1'))
    })
    const told = await tells(changes, ['p/in'])
    for (const key of told) ensure(key.startsWith('p/'), 'only keys with the prefix are told', 'another', key)
    await changes.return?.()
  }),
  check('N13', 'leaving, aborting and closing end a watch that waits', async lab => {
    const store = await lab.open()
    const left = await begun(lab, store)
    const waits = left.next()
    await settles(Promise.resolve(left.return?.()), 'leaving settles')
    expectSame((await settles(waits, 'a waiting step ends when the loop is left')).done, true, 'it ends')
    const controller = new AbortController()
    const aborted = await begun(lab, store, { signal: controller.signal })
    const reason = new Error('the reason')
    const rejects = expectRejects(() => aborted.next(), 'Aborted', 'an aborted watch rejects')
    controller.abort(reason)
    expectSame(
      (await settles(rejects, 'a waiting step rejects when the signal fires')).cause,
      reason,
      'with the reason',
    )
    const open = await begun(lab, store)
    const closed = expectRejects(() => open.next(), 'Closed', 'a watch of a closed store rejects')
    await settles(store.close(), 'close does not wait for a watch')
    await settles(closed, 'a waiting step rejects when the store is closed')
  }),
]

const CHANGED: readonly string[] = ['w/a', 'w/b', 'w/c', 'w/d', 'w/e', 'w/f', 'w/g']

/** Changes all of these keys, each by another way. */
async function makesChanges(store: ByteStore): Promise<void> {
  await writeStream(store, 'w/a', [utf8('2')])
  await batch(store, [{ set: 'w/b', value: utf8('2') }])
  await store.deleteMany(['w/c', 'w/d'])
  const removed = await outcome(() => remove(store, 'w/e'))
  // A backend that cannot tell whether there was something to remove refuses `remove`.
  if (!removed.ok) await store.delete('w/e')
  await rename(store, 'w/f', 'w/g')
}

/** A watch that has begun; skips the case where there is none. */
async function begun(lab: Lab, store: ByteStore, options: object = {}): Promise<Changes> {
  const changes = watch(store, options)[Symbol.asyncIterator]()
  const first = await outcome(() => changes.next())
  if (!first.ok && isStoreError(first.error, 'Unsupported')) return lab.skip('nothing tells of changes')
  if (!first.ok) throw first.error
  expectSame(first.value.value?.missed, true, 'a watch begins with the note that it has begun')
  return changes
}

/** Waits until all of them were told, or that some were missed; gives what was told. */
async function tells(changes: Changes, keys: readonly string[]): Promise<string[]> {
  const waiting = new Set(keys)
  const told: string[] = []
  while (waiting.size > 0) {
    const { done, value } = await settles(changes.next(), `the change of ${[...waiting]} is told`, PATIENCE)
    ensure(done !== true, 'a watch does not end by itself', 'its end')
    if (value.missed) return told
    told.push(value.key)
    waiting.delete(value.key)
  }
  return told
}
