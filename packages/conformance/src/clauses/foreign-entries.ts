import { getWithStat, readRange, readStream } from '@kvdol/core'
import { ensure, expectBytes, expectRejects, expectSame, outcome, printError } from '../assert.ts'
import { concat, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { isOfCore } from '../is-of-core.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'

/** N4: what lies under a legal key and is no value of the store. */
export const foreignEntries: readonly Check[] = [
  check(
    'N4',
    'a foreign entry under a legal key is one thing on every path',
    async lab => {
      const { store, planted } = await crowded(lab)
      const listed = await keysOf(store)
      for (const key of planted)
        if (listed.includes(key)) await isRefused(store, key)
        else await isAbsent(store, key)
      expectSame(await store.size(), listed.length, 'size counts what is listed')
    },
    ['crowd'],
  ),
  check(
    'N4',
    'a foreign entry is not replaced, unless the adapter was told to',
    async lab => {
      const { store, planted } = await crowded(lab)
      for (const key of planted) {
        const before = await outcome(() => store.get(key))
        if (lab.subject.replacesForeign) {
          await store.set(key, utf8('mine'))
          expectBytes(await store.get(key), utf8('mine'), 'the adapter was told to replace it', key)
          continue
        }
        for (const write of [() => store.set(key, utf8('mine')), () => store.setMany([[key, utf8('mine')]])])
          await expectRejects(write, 'Incompatible', 'a foreign entry is not replaced', key)
        const after = await outcome(() => store.get(key))
        expectSame(after.ok, before.ok, 'a refused write leaves the foreign entry as it was', key)
      }
    },
    ['crowd'],
  ),
]

async function crowded(lab: Lab): Promise<{ store: ByteStore; planted: readonly string[] }> {
  const store = await lab.open()
  await lab.fill(store, ['own', 'own/too'])
  const planted = (await lab.subject.crowd?.(store)) ?? []
  if (planted.length === 0) return lab.skip('crowd gives no legal keys under which it put something')
  return { store, planted }
}

/** Calls that give the value, or something of it. */
function readsOf(store: ByteStore, key: string): Record<string, () => Promise<unknown>> {
  return {
    get: () => store.get(key),
    getMany: async () => (await collect(store.getMany([key])))[0]?.[1],
    readRange: () => readRange(store, key, { start: 0 }),
    readStream: async () => {
      const stream = await readStream(store, key)
      return stream && (await concat(stream))
    },
    ...(isOfCore(store) && { getWithStat: () => getWithStat(store, key) }),
  }
}

/** It is listed: reading it says what is wrong. */
async function isRefused(store: ByteStore, key: string): Promise<void> {
  for (const [name, read] of Object.entries(readsOf(store, key)))
    await expectRejects(read, 'Incompatible', `${name} of a foreign entry that is listed rejects`, key)
  const looks: [string, () => Promise<unknown>][] = [
    ['has', () => store.has(key)],
    ['stat', () => store.stat(key)],
  ]
  for (const [name, look] of looks) {
    const found = await outcome(look)
    if (found.ok)
      ensure(
        found.value !== false && found.value !== undefined,
        `${name} knows what is listed, or rejects Incompatible`,
        String(found.value),
        key,
      )
    else await expectRejects(() => Promise.reject(found.error), 'Incompatible', `${name} rejects`, key)
  }
}

/** It is not listed: nothing finds it. */
async function isAbsent(store: ByteStore, key: string): Promise<void> {
  const looks = { ...readsOf(store, key), stat: () => store.stat(key) }
  for (const [name, look] of Object.entries(looks)) {
    const found = await outcome(look)
    ensure(
      found.ok && found.value === undefined,
      `a foreign entry is listed and rejects Incompatible when it is read, or is absent on every path: ${name} of one that is not listed gives undefined`,
      found.ok ? 'a value' : printError(found.error),
      key,
    )
  }
  expectSame(await store.has(key), false, 'has finds no foreign entry that is not listed', key)
}
