import { expectBytes, expectKeys, expectSame } from './assert.ts'
import { keysOf } from './collect.ts'
import { eachAtOnce } from './each-at-once.ts'
import type { ByteStore } from './subject.ts'

/** Rejects the case unless the store holds exactly these entries, on every path. */
export async function expectExactly(
  store: ByteStore,
  entries: ReadonlyMap<string, Uint8Array>,
  wants: string,
): Promise<void> {
  expectKeys(await keysOf(store), entries.keys(), wants)
  expectSame(await store.size(), entries.size, `${wants}; size is the number of keys`)
  await eachAtOnce(entries, async ([key, value]) => {
    expectBytes(await store.get(key), value, wants, key)
    expectSame(await store.has(key), true, `${wants}; has agrees with get`, key)
  })
}
