import { readRange } from '@kvdol/core'
import { ensure, ensureStrictly, expectBytes, expectKeys, expectSame } from '../assert.ts'
import { equalBytes, filled, printBytes, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { expectExactly } from '../expect-exactly.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'
import { together } from '../together.ts'
import { turn } from '../turn.ts'

/** W2, W7, W8, W14: many at once. */
export const races: readonly Check[] = [
  check('W2', 'a value is never read in parts while it is replaced', async lab => {
    const store = await lab.open()
    const { bytes, rounds } = lab.amounts.torn
    const length = Math.min(bytes, (lab.guarantees(store).maxValueBytes ?? bytes) - 16)
    await whileReplaced(lab, store, { length, rounds }, async reader => {
      assertWhole(await reader.get('torn'), length)
      for await (const [, value] of reader.getMany(['torn'])) assertWhole(value, length)
      for await (const [, value] of reader.entries()) assertWhole(value, length)
    })
  }),
  check('W2', 'a range is never read across two values', async lab => {
    const store = await lab.open()
    const rounds = lab.amounts.torn.rounds
    await whileReplaced(lab, store, { length: 20_000, rounds }, async reader =>
      assertOfOneWrite(await readRange(reader, 'torn', { start: 100, end: 19_000 })),
    )
  }),
  check('W2', 'a value is never absent or empty while it is replaced', async lab => {
    const store = await lab.open()
    await whileReplaced(lab, store, { length: 4000, rounds: lab.amounts.torn.rounds * 2 }, async reader => {
      expectSame(await reader.has('torn'), true, 'has sees a value the whole time', 'torn')
      const size = (await reader.stat('torn'))?.size
      ensure(
        size === undefined || size >= 4000,
        'stat sees a whole value the whole time',
        `${size} bytes`,
        'torn',
      )
      expectKeys(await keysOf(reader), ['torn'], 'the key is listed the whole time')
    })
  }),
  check('W7', 'of many sets of one key at once, one wins whole', async lab => {
    const store = await lab.open()
    const candidates = Array.from({ length: 50 }, (_, index) => filled(1000 + index, index))
    const reader = await lab.observer(store)
    await together(candidates.map(value => store.set('key', value)))
    const value = await reader.get('key')
    const winner = candidates.find(each => value !== undefined && equalBytes(each, value))
    ensure(
      winner !== undefined,
      'the value is exactly one of those set',
      value ? printBytes(value) : 'nothing',
      'key',
    )
    const size = (await reader.stat('key'))?.size
    if (size !== undefined) expectSame(size, winner.byteLength, 'stat speaks of the same write', 'key')
    expectKeys(await keysOf(reader), ['key'], 'there is one key')
  }),
  check(
    'W8',
    'sets of different keys at once are all kept, also where deletes empty their folders',
    async lab => {
      const store = await lab.open()
      const kept = new Map<string, Uint8Array>()
      const { crowd } = lab.amounts
      await together(
        Array.from({ length: crowd }, async (_, writer) => {
          for (let round = 0; round < Math.min(20, crowd * 2); round++) {
            // In a folder of its own the delete empties it; in a shared one it does so now and then.
            for (const folder of [`own-${writer}/deep-${round}`, `shared-${round % 3}/deep-${round}`]) {
              const [key, short] = [`${folder}/kept-${writer}`, `${folder}/short-${writer}`]
              await store.set(short, utf8('gone soon'))
              await together([store.delete(short), store.set(key, utf8(key))])
              kept.set(key, utf8(key))
            }
          }
        }),
      )
      await expectExactly(store, kept, 'no write is lost')
    },
  ),
  check('W14', 'what stat tells is of one write', async lab => {
    const store = await lab.open()
    await store.set('torn', filled(100, 100))
    const { size, etag } = (await store.stat('torn')) ?? {}
    if (size === undefined || etag === undefined) return lab.skip('stat gives no size or no etag')
    // Sizes by etag, over the whole race: an etag stands for one write, which has one size.
    const sizes = new Map<string, number>()
    const note = (etag: string | undefined, size: number | undefined) => {
      if (etag === undefined || size === undefined) return
      const known = sizes.get(etag) ?? size
      ensureStrictly(
        known === size,
        'one etag has one size',
        `${size} and ${known} bytes for ${etag}`,
        'torn',
      )
      sizes.set(etag, size)
    }
    await whileReplaced(lab, store, { length: 100, rounds: lab.amounts.torn.rounds * 5 }, async reader => {
      const before = await reader.stat('torn')
      const value = await reader.get('torn')
      const after = await reader.stat('torn')
      note(before?.etag, before?.size)
      note(after?.etag, after?.size)
      if (before?.etag === after?.etag) note(after?.etag, value?.byteLength)
    })
  }),
]

/** Replaces one value over and over while three readers look. Each value repeats one byte, with its own length. */
async function whileReplaced(
  lab: Lab,
  store: ByteStore,
  { length, rounds }: { length: number; rounds: number },
  look: (reader: ByteStore) => Promise<void>,
): Promise<void> {
  if (!lab.guarantees(store).atomicOverwrite) return lab.skip('atomicOverwrite is not declared')
  await store.set('torn', filled(length, 0))
  const other = await lab.observer(store)
  let writing = true
  // One looks through the writer's own connection, where there is another.
  const readers = [other, other, store].map(async reader => {
    do {
      await look(reader)
      // Gives the writer its turn also where everything answers at once.
      await turn()
    } while (writing)
  })
  const writer = (async () => {
    for (let round = 1; round <= rounds; round++)
      await store.set('torn', filled(lengthOf(length, round), round % 256))
  })().finally(() => {
    writing = false
  })
  await together([writer, ...readers])
  expectBytes(
    await other.get('torn'),
    filled(lengthOf(length, rounds), rounds % 256),
    'the last value is there',
    'torn',
  )
}

function assertWhole(value: Uint8Array | undefined, length: number): void {
  assertOfOneWrite(value)
  expectSame(
    value.byteLength,
    lengthOf(length, value[0] as number),
    'the value has the length of its write',
    'torn',
  )
}

function assertOfOneWrite(value: Uint8Array | undefined): asserts value is Uint8Array {
  ensure(
    value !== undefined && value.byteLength > 0,
    'there is a whole value the whole time',
    value ? 'no bytes' : 'nothing',
    'torn',
  )
  const other = value.findIndex(byte => byte !== value[0])
  ensureStrictly(other === -1, 'all bytes read are of one write', `a mixture from byte ${other}`, 'torn')
}

/** The length of what a round writes: it can be told from the byte that the value repeats. */
function lengthOf(length: number, round: number): number {
  return length + (round % 16)
}
