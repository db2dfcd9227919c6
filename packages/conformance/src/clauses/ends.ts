import { getWithStat, isStoreError, readStream, rename, writeStream } from '@kvdol/core'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { isOfCore } from '../is-of-core.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'

/** In milliseconds: an end that no case reaches, and one that comes soon. */
const [FAR, SOON] = [3_600_000, 30]
/** Longest wait after an end for the value to be gone, in milliseconds: the clock of a server may differ. */
const PATIENCE = 10_000

/** W17: values that end by themselves. */
export const ends: readonly Check[] = [
  check('W17', 'an end is told by stat, moved with its value, and not inherited by the next', async lab => {
    const store = await ending(lab)
    const expiresAt = Date.now() + FAR
    const end = async (key: string) => (await store.stat(key))?.expiresAt
    for (const [name, write] of Object.entries({
      set: (options: object) => store.set('key', utf8('x'), options),
      writeStream: (options: object) => writeStream(store, 'key', [utf8('x')], options),
    })) {
      await write({ expiresAt })
      expectSame(await end('key'), expiresAt, `${name} keeps the end`, 'key')
      await rename(store, 'key', 'moved')
      expectSame(await end('moved'), expiresAt, 'rename takes the end along', 'moved')
      for (const [how, plain] of Object.entries({
        [name]: () => write({}),
        setMany: () => store.setMany([['key', utf8('y')]]),
      })) {
        await write({ expiresAt })
        await plain()
        // A layer may give every value an end.
        const next = await end('key')
        ensure(next !== expiresAt, `a value without an end does not inherit it (${how})`, String(next), 'key')
      }
    }
  }),
  check('W17', 'from its end on a value is absent on every path', async lab => {
    const store = await ending(lab)
    await store.set('stays', utf8('x'))
    const expiresAt = Date.now() + SOON
    for (const key of ['ended', 'again']) await store.set(key, utf8('x'), { expiresAt } as object)
    const last = expiresAt + PATIENCE
    while ((await store.get('again')) !== undefined) {
      ensure(Date.now() < last, 'a value ends', `a value ${PATIENCE} ms after its end`, 'again')
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    expectBytes(await store.get('ended'), undefined, 'get finds nothing', 'ended')
    expectSame(await store.has('ended'), false, 'has denies it', 'ended')
    expectSame(await store.stat('ended'), undefined, 'stat knows nothing', 'ended')
    expectSame(await readStream(store, 'ended'), undefined, 'there is no stream', 'ended')
    if (isOfCore(store))
      expectSame(await getWithStat(store, 'ended'), undefined, 'getWithStat finds nothing', 'ended')
    for (const [, value] of await collect(store.getMany(['ended'])))
      expectBytes(value, undefined, 'getMany finds nothing', 'ended')
    expectKeys(await keysOf(store), ['stays'], 'it is not listed')
    const entries = await collect(store.entries())
    expectKeys(
      entries.map(([key]) => key),
      ['stays'],
      'nor among the entries',
    )
    expectSame(await store.size(), 1, 'it is not counted')
    await expectRejects(
      () => rename(store, 'ended', 'moved'),
      'NotFound',
      'there is nothing to move',
      'ended',
    )
    if (lab.guarantees(store).conditions.includes('ifAbsent'))
      await store.set('again', utf8('y'), { ifAbsent: true })
    else await store.set('again', utf8('y'))
    expectBytes(await store.get('again'), utf8('y'), 'its key is free', 'again')
  }),
]

/** A store that ends values; the case is skipped where the option is refused, which has no effect. */
async function ending(lab: Lab): Promise<ByteStore> {
  const store = await lab.open()
  const expiresAt = Date.now() + FAR
  for (const write of [
    () => store.set('probe', utf8('x'), { expiresAt } as object),
    () => writeStream(store, 'probe', [utf8('x')], { expiresAt } as object),
  ]) {
    const tried = await outcome(write)
    if (tried.ok) {
      await store.delete('probe')
      continue
    }
    ensure(isStoreError(tried.error, 'Unsupported'), 'expiresAt is kept or refused', 'another error', 'probe')
    expectBytes(await store.get('probe'), undefined, 'a refused write stores nothing', 'probe')
    return lab.skip('the store ends no values')
  }
  return store
}
