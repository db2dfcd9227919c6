import { guarantees, rename, type Store } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import { createFiles } from '../src/files.ts'
import type { FilesOptions } from '../src/options.ts'
import { bytes, sorted, text } from './support/helpers.ts'
import { type Loss, type MemoryPort, memoryPort } from './support/memory-port.ts'

type Bytes = Store<string, Uint8Array>

/** Every change a store can make, each with what it leaves. */
const operations: [
  name: string,
  run: (store: Bytes) => Promise<void>,
  after: Record<string, string | undefined>,
][] = [
  ['set', store => store.set('new/deep/key', bytes('new')), { 'new/deep/key': 'new' }],
  ['replace', store => store.set('kept/a', bytes('new')), { 'kept/a': 'new' }],
  ['set ifAbsent', store => store.set('fresh/key', bytes('new'), { ifAbsent: true }), { 'fresh/key': 'new' }],
  [
    'set ifMatch',
    async store =>
      store.set('kept/a', bytes('new'), { ifMatch: (await store.stat('kept/a'))?.etag as string }),
    { 'kept/a': 'new' },
  ],
  ['delete', store => store.delete('kept/a'), { 'kept/a': undefined }],
  ['rename', store => rename(store, 'kept/a', 'moved/a'), { 'kept/a': undefined, 'moved/a': 'old' }],
]

const losses: Loss[] = ['everything', 'contents', 'names']

async function prepared(options: FilesOptions): Promise<MemoryPort> {
  const port = memoryPort()
  const store = createFiles('/data/root', options, port)
  await store.set('kept/a', bytes('old'))
  await store.set('kept/b', bytes('other'))
  return port
}

describe.each(operations)('%s', (_, run, after) => {
  it.each(losses)("with sync: 'full' survives the loss of %s at every step", async loss => {
    const options: FilesOptions = { sync: 'full' }
    for (let step = 0, acknowledged = false; !acknowledged; step++) {
      const port = await prepared(options)
      port.failAt(port.steps + step)
      acknowledged = await run(createFiles('/data/root', options, port)).then(
        () => true,
        () => false,
      )
      port.losePower(loss)
      const store = createFiles('/data/root', options, port)
      expect(text(await store.get('kept/b'))).toBe('other')
      for (const [key, value] of Object.entries(after)) {
        const found = text(await store.get(key))
        const before = key === 'kept/a' ? 'old' : undefined
        expect(acknowledged ? [value] : [before, value]).toContain(found)
      }
      for (const key of await sorted(store.keys()))
        expect(['old', 'new', 'other']).toContain(text(await store.get(key)))
    }
  })

  it.each(losses)("with sync: 'data' leaves old or new after the loss of %s", async loss => {
    const port = await prepared({ sync: 'full' })
    await run(createFiles('/data/root', { sync: 'data' }, port))
    port.losePower(loss)
    const store = createFiles('/data/root', {}, port)
    for (const key of await sorted(store.keys()))
      expect(['old', 'new', 'other']).toContain(text(await store.get(key)))
  })
})

it('without sync a new value can be lost with the power, as declared', async () => {
  const port = await prepared({ sync: 'full' })
  const store = createFiles('/data/root', {}, port)
  expect(guarantees(store).durability).toBe('crash')
  await store.set('kept/c', bytes('new'))
  port.losePower('everything')
  expect(await createFiles('/data/root', {}, port).get('kept/c')).toBe(undefined)
})

describe('a medium that folds case or spelling', () => {
  const media: [name: string, compare: (name: string) => string, a: string, b: string][] = [
    ['case', name => name.toLowerCase(), 'Key', 'key'],
    ['case and spelling', name => name.normalize('NFC').toLowerCase(), 'É', 'é'],
  ]

  it.each(media)('%s: names that are one are told apart or refused', async (_, compare, a, b) => {
    const port = memoryPort(compare)
    const store = createFiles('/root', {}, port)
    await store.set(a, bytes('first'))
    await store.set(`folder/${a}`, bytes('first'))
    for (const each of [store, createFiles('/root', {}, port)]) {
      expect([await each.get(b), await each.has(b), await each.stat(b)]).toEqual([
        undefined,
        false,
        undefined,
      ])
      await each.delete(b)
      await expect(each.set(b, bytes('second'))).rejects.toMatchObject({
        code: 'InvalidKey',
        reason: 'case-clash',
      })
      await expect(each.set(`FOLDER/x`, bytes(''))).rejects.toMatchObject({
        code: 'InvalidKey',
        reason: 'case-clash',
      })
      await expect(rename(each, a, `folder/${b}`)).rejects.toMatchObject({ reason: 'case-clash' })
      expect(text(await each.get(a))).toBe('first')
      expect(await sorted(each.keys())).toEqual([a, `folder/${a}`].sort())
    }
  })

  it('one of two writes at once is refused', async () => {
    const store = createFiles(
      '/root',
      {},
      memoryPort(name => name.toLowerCase()),
    )
    const results = await Promise.allSettled([store.set('A', bytes('1')), store.set('a', bytes('2'))])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await store.size()).toBe(1)
  })

  it('decomposed keys are refused where a character has one spelling', async () => {
    const store = createFiles(
      '/root',
      {},
      memoryPort(name => name.normalize('NFC')),
    )
    await expect(store.set('e\u0301', bytes('x'))).rejects.toMatchObject({
      code: 'InvalidKey',
      reason: 'not-nfc',
    })
    await store.set('\u00e9', bytes('x'))
    expect(await store.get('e\u0301')).toBe(undefined)
  })

  it('encoded keys hold all of them', async () => {
    const store = createFiles(
      '/root',
      { keys: 'encoded' },
      memoryPort(name => name.normalize('NFC').toLowerCase()),
    )
    const keys = ['Key', 'key', 'KEY', '\u00e9', 'e\u0301', '\u00c9']
    for (const key of keys) await store.set(key, bytes(key))
    for (const key of keys) expect(text(await store.get(key))).toBe(key)
    expect(await sorted(store.keys())).toEqual(keys.sort())
  })
})
