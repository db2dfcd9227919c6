import { type Store, type Watched, watch } from '@kvdol/core'
import { bytes, rejection } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { Refusal, refused } from './support/dropbox-server/refusal.ts'
import { sharedServer, times } from './support/opened.ts'

const { server, service, open, asked } = await sharedServer()
const file = (path: string) => service.files.put({ path }, Buffer.from('x'))

/** A watch that has begun, and what it tells next: so many keys, or the note that something was missed. */
async function watching(store: Store<string, Uint8Array>) {
  const changes = watch(store)[Symbol.asyncIterator]()
  expect(await changes.next()).toMatchObject({ value: { missed: true } })
  return {
    next: async () => (await changes.next()).value as Watched<string>,
    /** The keys until all of these were told. */
    async until(...keys: string[]): Promise<string[]> {
      const found = new Set<string>()
      while (!keys.every(key => found.has(key))) {
        const { key } = await this.next()
        if (key !== undefined) found.add(key)
      }
      return [...found].sort()
    },
    leave: () => changes.return?.(),
  }
}

it.each(['plain', 'encoded'] as const)('tells what was written, by whomever, %s keys', async keys => {
  const { store, root } = open({ keys })
  await store.set('before', bytes('x'))
  const changes = await watching(store)
  await store.set('A/b', bytes('x'))
  await store.set('c', bytes('x'))
  expect(await changes.until('A/b', 'c')).toEqual(['A/b', 'c'])
  await store.delete('before')
  expect(await changes.until('before')).toEqual(['before'])
  file(`${root}-evil/x`)
  service.files.put({ path: `${root}/elsewhere${keys === 'plain' ? '' : '='}` }, Buffer.from('x'))
  expect(await changes.until('elsewhere')).toEqual(['elsewhere'])
  await changes.leave()
})

it('waits without asking for anything else, and sends no token where none is wanted', async () => {
  const { store } = open()
  await store.set('a', bytes('x'))
  const changes = await watching(store)
  const next = changes.next()
  await expect.poll(() => asked('files/list_folder/longpoll')).toBe(1)
  server.received.length = 0
  await store.set('b', bytes('x'))
  expect(await next).toEqual({ key: 'b' })
  expect(server.received.map(({ route }) => route)).toEqual(['files/upload', 'files/list_folder/continue'])
  await changes.leave()
})

it('tells of a folder that is removed as a whole that something was missed', async () => {
  const { store, root } = open()
  await store.set('deep/a', bytes('x'))
  const changes = await watching(store)
  service.files.remove(`${root}/deep`)
  expect(await changes.next()).toEqual({ missed: true })
  await changes.leave()
})

it.each([
  ['of a root that is not there yet', '/not/there/yet', undefined],
  ['of a root that is removed and made again', '/comes/and/goes', 'first'],
])('begins again, with a note, %s', async (_, root, first) => {
  const { store } = open({ root, keys: 'plain' })
  if (first !== undefined) await store.set(first, bytes('x'))
  const changes = await watching(store)
  if (first !== undefined) {
    service.files.remove(root)
    expect(await changes.next()).toEqual({ missed: true })
  }
  file(`${root.slice(0, root.lastIndexOf('/'))}/other`)
  file(`${root}/a`)
  for (let told = await changes.next(); !told.missed; ) told = await changes.next()
  file(`${root}/b`)
  while ((await changes.next()).key !== 'b');
  await changes.leave()
})

it('begins again, with a note, where Dropbox forgets its cursor', async () => {
  const { store } = open()
  await store.set('a', bytes('x'))
  server.script = times(1, 'files/list_folder/longpoll', () => refused('reset'))
  const changes = await watching(store)
  service.listings.clear()
  expect(await changes.next()).toEqual({ missed: true })
  await store.set('b', bytes('x'))
  expect(await changes.next()).toEqual({ key: 'b' })
  await changes.leave()
})

it('asks again where there is no change for a while, and waits as long as Dropbox asks', async () => {
  const { store } = open()
  await store.set('a', bytes('x'))
  server.script = times(2, 'files/list_folder/longpoll', (_, response) => {
    response.end(JSON.stringify({ changes: false, backoff: 0 }))
    return 'answered'
  })
  const changes = await watching(store)
  const next = changes.next()
  await expect.poll(() => asked('files/list_folder/longpoll')).toBe(3)
  await store.set('b', bytes('x'))
  expect(await next).toEqual({ key: 'b' })
  await changes.leave()
})

it('rejects when Dropbox refuses, and not as an end', async () => {
  const { store } = open()
  await store.set('a', bytes('x'))
  const changes = await watching(store)
  server.script = received => (received.route.endsWith('longpoll') ? new Refusal(403, 'no') : undefined)
  expect(await rejection(changes.next())).toMatchObject({ code: 'PermissionDenied' })
})

it('leaves no request behind', async () => {
  const { store } = open()
  await store.set('a', bytes('x'))
  const changes = await watching(store)
  const waits = changes.next()
  await expect.poll(() => asked('files/list_folder/longpoll')).toBe(1)
  await changes.leave()
  await waits
  await store.close()
  server.received.length = 0
  file('/anything')
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(server.received).toEqual([])
})
