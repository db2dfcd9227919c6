import { children, getWithStat, readRange, readStream } from '@kvdol/core'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome } from '../assert.ts'
import { concat, filled, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { isOfCore } from '../is-of-core.ts'
import { methodsOf } from '../methods.ts'
import type { ByteStore } from '../subject.ts'
import { together } from '../together.ts'

/** R1 to R3, R6 and R7: absence, `has`, `stat`, damage, and reading what was written. */
export const reading: readonly Check[] = [
  check('R1', 'an absent key reads as absent on every path', async lab => {
    const store = await lab.open()
    expectBytes(await store.get('missing'), undefined, 'get of an absent key gives undefined', 'missing')
    expectSame(await store.stat('missing'), undefined, 'stat of an absent key gives undefined', 'missing')
    expectSame(
      await readStream(store, 'missing'),
      undefined,
      'readStream of an absent key gives undefined',
      'missing',
    )
    expectSame(
      await readRange(store, 'missing', { start: 5 }),
      undefined,
      'readRange of an absent key gives undefined',
      'missing',
    )
    const [pair] = await collect(store.getMany(['missing']))
    expectSame(pair?.[0], 'missing', 'getMany gives a pair for each key', 'missing')
    expectBytes(pair?.[1], undefined, 'getMany gives undefined for an absent key', 'missing')
  }),
  check('R1', 'getOrThrow rejects NotFound with the key', async lab => {
    const store = await lab.open()
    const error = await expectRejects(
      () => store.getOrThrow('missing'),
      'NotFound',
      'getOrThrow rejects for an absent key',
      'missing',
    )
    expectSame(error.key, 'missing', 'the error names the key', 'missing')
  }),
  check(
    'R1',
    'a backend that fails is never taken for an absent key',
    async lab => {
      const store = await lab.open()
      await store.set('key', utf8('value'))
      await lab.subject.outage?.(store)
      for (const { name, call } of methodsOf(store).filter(({ writes, name }) => !writes && name !== 'has')) {
        const result = await outcome(() => call('key'))
        ensure(!result.ok, `${name} rejects when the backend fails`, 'an answer', 'key')
      }
    },
    ['outage'],
  ),
  check('R2', 'has agrees with get in every state', async lab => {
    const store = await lab.open()
    await agrees(store, 'key', false)
    await store.set('key', utf8('one'))
    await agrees(store, 'key', true)
    await store.set('key', new Uint8Array())
    await agrees(store, 'key', true)
    await lab.put(store, 'key/below')
    await store.delete('key')
    await agrees(store, 'key', false)
    await store.set('other', utf8('x'))
    await agrees(store, 'othe', false)
  }),
  check(
    'R2',
    'has rejects when the backend fails',
    async lab => {
      const store = await lab.open()
      await store.set('key', utf8('value'))
      await lab.subject.outage?.(store)
      const result = await outcome(() => store.has('key'))
      ensure(
        !result.ok,
        'has rejects when it cannot tell',
        `the answer ${result.ok ? result.value : ''}`,
        'key',
      )
    },
    ['outage'],
  ),
  check('R3', 'the size of stat is the length of the value', async lab => {
    const store = await lab.open()
    for (const length of [0, 1, 255, 65537, 3]) {
      await store.set('key', filled(length, 1))
      const stat = await store.stat('key')
      ensure(stat !== undefined, 'stat knows a value that is there', 'undefined', 'key')
      if (stat.size !== undefined) expectSame(stat.size, length, 'stat tells the length of the value', 'key')
      if (stat.modified !== undefined) assertRecent(stat.modified)
    }
  }),
  check('R3', 'the etag changes with the bytes and is stable otherwise', async lab => {
    const store = await lab.open()
    const etag = async () => (await store.stat('key'))?.etag
    await store.set('key', utf8('one'))
    const first = await etag()
    if (first === undefined) return lab.skip('stat gives no etag')
    await store.get('key')
    await store.set('other', utf8('one'))
    expectSame(await etag(), first, 'the etag is stable while the bytes are', 'key')
    const seen = new Set([first])
    for (const text of ['two', 'six', 'ten', 'three']) {
      await store.set('key', utf8(text))
      const tag = await etag()
      ensure(
        tag !== undefined && !seen.has(tag),
        'the etag changes with the bytes',
        `the etag ${tag} again`,
        'key',
      )
      seen.add(tag)
    }
  }),
  check(
    'R6',
    'a damaged value is never a shorter success',
    async lab => {
      const store = await lab.open()
      const value = filled(1000, 3)
      await store.set('key', value)
      await lab.subject.damage?.(store, 'key')
      const result = await outcome(() => store.get('key'))
      if (result.ok) expectBytes(result.value, value, 'a cut value rejects, or is read again whole', 'key')
      else
        await expectRejects(
          () => Promise.reject(result.error),
          ['Corrupt', 'Unavailable', 'Timeout'],
          'damage is Corrupt',
          'key',
        )
    },
    ['damage'],
  ),
  check('R7', 'what was written is read, listed and counted at once', async lab => {
    const store = await lab.open()
    await readsItsWrites(store, store)
  }),
  check(
    'R7',
    'what was written is seen by a second instance',
    async lab => {
      const store = await lab.open()
      const again = await lab.observer(store)
      if (again === store) return lab.skip('only the store that wrote sees its writes at once')
      await readsItsWrites(store, again)
      await readsItsWrites(again, store)
    },
    ['reopen'],
  ),
]

async function agrees(store: ByteStore, key: string, present: boolean): Promise<void> {
  expectSame((await store.get(key)) !== undefined, present, 'get knows whether there is a value', key)
  expectSame(await store.has(key), present, 'has agrees with get', key)
}

/** A coarse bound: the clock of a server may differ, and seconds taken for milliseconds are decades away. */
const DAY = 24 * 60 * 60 * 1000

/** What archives that are the same each time tell of every entry: the first time that zip knows. */
const FIXED = Date.UTC(1980, 0, 1)

function assertRecent(modified: Date): void {
  ensure(modified instanceof Date, 'modified is a Date', typeof modified, 'key')
  const isAbout = (time: number) => Math.abs(modified.getTime() - time) < DAY
  ensure(
    isAbout(Date.now()) || isAbout(FIXED),
    'modified is the time of the write, within a day',
    String(modified),
    'key',
  )
}

async function readsItsWrites(writer: ByteStore, reader: ByteStore): Promise<void> {
  for (const value of ['first', 'second, and longer', '3']) {
    await writer.set('key', utf8(value))
    await seesValue(reader, utf8(value))
  }
  await writer.delete('key')
  await seesValue(reader, undefined)
}

/** Every path tells of this one value, or of its absence. */
async function seesValue(reader: ByteStore, value: Uint8Array | undefined): Promise<void> {
  const found = value === undefined ? [] : ['key']
  const sees = (name: string) => `${name} sees a write that has resolved`
  const read = async (name: string, call: () => Promise<Uint8Array | undefined>) =>
    expectBytes(await call(), value, sees(name), 'key')
  const lists = async (name: string, call: () => Promise<readonly string[]>) =>
    expectKeys(await call(), found, sees(name))
  await together([
    read('get', () => reader.get('key')),
    read('getMany', async () => (await collect(reader.getMany(['key'])))[0]?.[1]),
    read('values', async () => (await collect(reader.values()))[0]),
    read('readStream', async () => {
      const stream = await readStream(reader, 'key')
      return stream && (await concat(stream))
    }),
    lists('keys', () => keysOf(reader)),
    lists('entries', async () => (await collect(reader.entries())).map(([key]) => key)),
    lists('children', async () =>
      (await collect(children(reader, ''))).map(child => ('key' in child ? child.key : child.prefix)),
    ),
    (async () => expectSame(await reader.has('key'), found.length > 0, sees('has'), 'key'))(),
    (async () => expectSame(await reader.size(), found.length, sees('size'), 'key'))(),
    (async () => {
      const stat = await reader.stat('key')
      expectSame(stat !== undefined, found.length > 0, sees('stat'), 'key')
      if (stat?.size !== undefined) expectSame(stat.size, value?.byteLength, sees('stat'), 'key')
    })(),
    ...(isOfCore(reader) ? [read('getWithStat', async () => (await getWithStat(reader, 'key'))?.value)] : []),
  ])
}
