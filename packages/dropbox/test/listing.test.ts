import { children, clear, guarantees } from '@kvdol/core'
import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { Refusal, refused } from './support/dropbox-server/refusal.ts'
import { sharedServer, times } from './support/opened.ts'

const { server, service, open, asked } = await sharedServer()
const file = (path: string, content = 'x') => service.files.put({ path }, Buffer.from(content))

/** A folder of plain files. */
function filled(count: number) {
  const { store, root } = open({ keys: 'plain' })
  for (let index = 0; index < count; index++) file(`${root}/f${index % 7}/n${index}`)
  return { store, root }
}

describe('4: pages', () => {
  it('2,500 files are listed, each once', async () => {
    const { store } = filled(2500)
    const keys = await collect(store.keys())
    expect(keys).toHaveLength(2500)
    expect(new Set(keys).size).toBe(2500)
    expect(asked('files/list_folder/continue')).toBe(1)
    expect(await store.size()).toBe(2500)
  })

  it('a page without entries is not the end', async () => {
    const { store } = filled(10)
    service.pageSize = 4
    server.script = times(1, 'files/list_folder', (_, response, handle) => {
      const page = handle() as { cursor: string; entries: unknown[] }
      // What was on it comes again with the next.
      service.listings.set(page.cursor, {
        root: '',
        paths: [...service.files.entries.keys()],
        recursive: true,
        since: service.files.changes.length,
      })
      response.end(JSON.stringify({ ...page, entries: [], has_more: true }))
      return 'answered'
    })
    const keys = await collect(store.keys({ prefix: 'f' }))
    expect(new Set(keys).size).toBe(keys.length)
    expect(asked('files/list_folder/continue')).toBeGreaterThan(1)
  })

  it('a cursor that is reset begins the listing anew, without doubles', async () => {
    const { store } = filled(100)
    service.pageSize = 30
    server.script = times(2, 'files/list_folder/continue', () => refused('reset'))
    const keys = await collect(store.keys())
    expect(keys).toHaveLength(100)
    expect(new Set(keys).size).toBe(100)
    expect(asked('files/list_folder')).toBe(3)
  })

  it('a cursor that is reset for ever is an error, not a short listing', async () => {
    const { store } = filled(100)
    service.pageSize = 30
    server.script = received => (received.route.endsWith('continue') ? refused('reset') : undefined)
    expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'Unavailable' })
  })

  it('a folder that goes while it is listed leaves what is there', async () => {
    const { store, root } = filled(100)
    service.pageSize = 30
    const iterator = store.keys()[Symbol.asyncIterator]()
    await iterator.next()
    service.files.remove(root)
    file(`${root}/last`)
    server.script = times(1, 'files/list_folder/continue', () => refused('path/not_found'))
    const rest: string[] = []
    for (let item = await iterator.next(); !item.done; item = await iterator.next()) rest.push(item.value)
    expect(rest).toContain('last')
  })

  it('a page that fails rejects the listing', async () => {
    const { store } = filled(100)
    service.pageSize = 30
    server.script = received => (received.route.endsWith('continue') ? new Refusal(403, 'no') : undefined)
    expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'PermissionDenied' })
  })

  it('a prefix lists its folder only', async () => {
    const { store } = filled(100)
    expect(await collect(store.keys({ prefix: 'f3/' }))).toHaveLength(14)
    expect(await collect(store.keys({ prefix: 'none/' }))).toEqual([])
    const [args] = server.received.filter(each => each.route === 'files/list_folder').slice(-2)
    expect(args?.args.path).toMatch(/\/f3$/)
  })
})

describe('a level', () => {
  it.each(['plain', 'encoded'] as const)('is one request, %s keys', async keys => {
    const { store } = open({ keys })
    const long = 'l'.repeat(220)
    const stored = ['a', 'b/c', 'b/d/e', 'b/d/f', 'g/h', `${long}/x`]
    for (const key of stored) await store.set(key, bytes(key))
    server.received.length = 0
    const level = async (prefix: string) =>
      (await collect(children(store, prefix)))
        .map(child => ('key' in child ? child.key : child.prefix))
        .sort()
    expect(await level('')).toEqual(['a', 'b/', 'g/', `${long}/`])
    // Names of over 180 bytes lie in several folders once they are encoded.
    expect(asked('files/list_folder')).toBe(keys === 'plain' ? 1 : 2)
    server.received.length = 0
    expect(await level('b/')).toEqual(['b/c', 'b/d/'])
    expect(await level('b')).toEqual(['b/'])
    expect(await level('none/')).toEqual([])
    expect(server.received.filter(({ args }) => args.recursive === true)).toEqual([])
  })

  it('of 2,500 entries comes in pages, each once, also when the cursor is reset', async () => {
    const { store, root } = open({ keys: 'plain' })
    for (let index = 0; index < 2500; index++) file(`${root}/n${index}`)
    server.script = times(1, 'files/list_folder/continue', () => refused('reset'))
    const found = await collect(children(store))
    expect(new Set(found.map(child => ('key' in child ? child.key : ''))).size).toBe(2500)
    expect(found).toHaveLength(2500)
  })
})

describe('11: clear', () => {
  it('is refused on everything that an app sees, and with a prefix removes what begins with it', async () => {
    const { store } = open({ root: '', keys: 'plain' })
    file('/ours/a')
    file('/ours/b')
    file('/theirs/a')
    expect(await rejection(clear(store, { confirm: true }))).toMatchObject({ code: 'Unsupported' })
    await clear(store, { prefix: 'ours/' })
    expect(service.files.at('/ours/a')).toBeUndefined()
    expect(service.files.at('/theirs/a')).toBeDefined()
  })

  it('empties a folder and nothing around it', async () => {
    const { store, root } = open()
    await store.set('a', bytes('x'))
    file(`${root}-evil/a`)
    await clear(store, { confirm: true })
    expect(await collect(store.keys())).toEqual([])
    expect(service.files.at(`${root}-evil/a`)).toBeDefined()
  })
})

describe('12: a listing that lags behind', () => {
  it('is what the guarantees say, and a value is read as soon as it is written', async () => {
    const { store, root } = open({ keys: 'plain' })
    expect(guarantees(store)).toMatchObject({ listConsistency: 'eventual', readConsistency: 'strong' })
    await store.set('old', bytes('x'))
    service.unlisted.add(`${root}/new`)
    await store.set('new', bytes('y'))
    expect(text(await store.get('new'))).toBe('y')
    expect(await store.has('new')).toBe(true)
    expect(await collect(store.keys())).toEqual(['old'])
  })
})
