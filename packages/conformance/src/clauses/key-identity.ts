import { ensure, expectBytes, expectKeys, expectSame, outcome, printError } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { eachAtOnce } from '../each-at-once.ts'
import { expectExactly } from '../expect-exactly.ts'
import type { Lab } from '../lab.ts'
import { oddKeyFamilies } from '../odd-keys.ts'
import type { ByteStore } from '../subject.ts'

const NESTED = ['a', 'a/', 'a/b', 'a//b', '/a']

/** K5 to K8, K11 and K12: keys are strings, and the same only when they are equal. */
export const keyIdentity: readonly Check[] = [
  check('K5', 'all odd keys in one store keep their own values', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, lab.random.shuffle(lab.oddKeys))
    await eachAtOnce(stored, async ([key, value]) =>
      expectBytes(await store.get(key), value, 'every key has its own value', key),
    )
  }),
  check('K5', 'an odd key is absent while another is set', async lab => {
    const store = await lab.open()
    const half = lab.random.shuffle(lab.oddKeys).slice(0, lab.oddKeys.length / 2)
    const stored = await lab.fill(store, half)
    await eachAtOnce(
      lab.oddKeys.filter(key => !stored.has(key)),
      key => expectAbsent(lab, store, key),
    )
  }),
  check('K6', 'each odd key alone is listed as it was set', async lab => {
    await onSeveralPlaces(lab, async (store, key) => {
      if (!(await lab.put(store, key))) return
      expectKeys(await keysOf(store), [key], 'the listing gives exactly the key that was set')
      await store.delete(key)
    })
  }),
  check('K6', 'all odd keys together are listed as they were set', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, lab.random.shuffle(lab.oddKeys))
    expectKeys(await keysOf(store), stored.keys(), 'the listing gives exactly the keys that were set')
  }),
  check('K7', 'each odd key works or is refused for a declared reason, without effect', async lab => {
    await onSeveralPlaces(lab, async (store, key) => {
      if (await lab.put(store, key)) {
        expectBytes(await store.get(key), utf8(`value of ${key}`), 'a key that was taken works', key)
        await store.delete(key)
      } else {
        await expectAbsent(lab, store, key)
        expectKeys(await keysOf(store), [], 'a refused key has no effect')
      }
    })
  }),
  check('K8', 'keys that look like folders of each other live side by side', async lab => {
    const orders = [NESTED, NESTED.toReversed(), lab.random.shuffle(NESTED), lab.random.shuffle(NESTED)]
    const cases = orders.map(order => ({ order, deleted: lab.random.shuffle(order) }))
    await eachAtOnce(cases, async ({ order, deleted }) => {
      const store = await lab.open()
      const stored = await lab.fill(store, order)
      await expectExactly(store, stored, 'all of them are there')
      for (const key of deleted) {
        if (!stored.delete(key)) continue
        await store.delete(key)
        await expectExactly(store, stored, `deleting ${JSON.stringify(key)} leaves the others`)
      }
    })
  }),
  check('K11', 'keys that differ in case are distinct or refused', lab => distinct(lab, oddKeyFamilies.case)),
  check('K11', 'what differs in the case of other alphabets is distinct or refused', lab =>
    distinct(lab, ['İ', 'i̇', 'ı', 'I', 'i', 'ß', 'ss', 'SS', 'ẞ', 'Σ', 'σ', 'ς']),
  ),
  check('K12', 'normalised and other spellings are distinct or refused', lab =>
    distinct(lab, [
      'é',
      'e\u0301',
      'Å',
      '\u212b',
      'A\u030a',
      'ﬁ',
      'fi',
      '\uff41',
      'a',
      '한',
      '\u1112\u1161\u11ab',
    ]),
  ),
]

/** How many places share the odd keys that are tried one by one. */
const PLACES = 4

/** Tries each odd key alone, some at once on places of their own; each leaves its place empty. */
async function onSeveralPlaces(
  lab: Lab,
  attempt: (store: ByteStore, key: string) => Promise<void>,
): Promise<void> {
  await eachAtOnce(Array.from({ length: PLACES }).keys(), async place => {
    const store = await lab.open()
    const keys = lab.oddKeys.filter((_, index) => index % PLACES === place)
    for (const key of keys) await attempt(store, key)
    expectKeys(await keysOf(store), [], 'nothing is left when all keys are deleted')
  })
}

/** Whichever of the keys comes first keeps its value, whatever follows. */
async function distinct(lab: Lab, keys: readonly string[]): Promise<void> {
  await eachAtOnce([keys, keys.toReversed()], async order => {
    const store = await lab.open()
    const stored = await lab.fill(store, order)
    ensure(stored.size > 0, 'at least one of the keys works', `all of ${order.length} refused`)
    await expectExactly(store, stored, 'keys that look alike never share a value')
  })
}

/** The key reads as absent, or is refused by the reads as well. */
async function expectAbsent(lab: Lab, store: ByteStore, key: string): Promise<void> {
  const value = await outcome(() => store.get(key))
  if (value.ok) expectBytes(value.value, undefined, 'a key that was not set is absent', key)
  else
    ensure(
      lab.isDeclared(store, key, value.error),
      'a read finds nothing or refuses the key',
      printError(value.error),
      key,
    )
  const has = await outcome(() => store.has(key))
  if (has.ok) expectSame(has.value, false, 'has denies a key that was not set', key)
}
