import type { ListOptions } from '@kvdol/core'
import { ensure, expectRejects } from '../assert.ts'
import { type Check, check } from '../check.ts'
import { collect, keysOf } from '../collect.ts'
import { compareUtf8Bytes } from '../order.ts'
import type { ByteStore } from '../subject.ts'
import { numbered } from './listing.ts'

/** JavaScript, folder walks and UTF-8 disagree about the order of these. */
const KEYS = ['t-/x', 't/x', 't', 'a', 'a/b', 'a0', 'a-b', 'ab', '\uffff', '😀', '\ue000', 'é', 'z', 'Z']
const BETWEEN = ['!', 'a/', 'a/a', 't/', 'zz', '\ud7ff', '\u{10ffff}']

/** L11: where a listing begins and ends, and in which direction it runs. */
export const bounds: readonly Check[] = [
  check('L11', 'from includes its key, before excludes it', async lab => {
    const store = await lab.open()
    if (lab.guarantees(store).order === 'none') return await refuses(store, { from: 'a' }, { before: 'a' })
    const keys = [...(await lab.fill(store, lab.random.shuffle([...KEYS]))).keys()].sort(compareUtf8Bytes)
    for (const bound of [...keys, ...BETWEEN]) {
      await gives(store, keys, { from: bound })
      await gives(store, keys, { before: bound })
      await gives(store, keys, { from: 'a', before: bound })
      await gives(store, keys, { after: 'a', before: bound, limit: 2 })
      await gives(store, keys, { from: bound, prefix: 'a', limit: 2 })
    }
    await gives(store, keys, { from: 't', before: 'a' })
  }),
  check('L11', 'reverse gives the same keys from the last to the first', async lab => {
    const store = await lab.open()
    if (!lab.guarantees(store).reverse)
      return await refuses(store, { reverse: true }, { reverse: true, prefix: 'a' })
    const keys = [...(await lab.fill(store, lab.random.shuffle([...KEYS]))).keys()].sort(compareUtf8Bytes)
    for (const options of [{}, { limit: 1 }, { prefix: 'a' }, { prefix: 't', limit: 2 }])
      await gives(store, keys, { ...options, reverse: true })
    for (const bound of [...keys, ...BETWEEN]) {
      await gives(store, keys, { before: bound, reverse: true })
      await gives(store, keys, { from: bound, reverse: true, limit: 3 })
      await gives(store, keys, { before: bound, reverse: true, limit: 2 })
      await gives(store, keys, { after: 'a', before: bound, prefix: 'a', reverse: true })
    }
    await gives(store, keys, { reverse: false })
  }),
  check('L11', 'bounds and direction are those of the whole listing, over any number of keys', async lab => {
    const store = await lab.open()
    const { order, reverse } = lab.guarantees(store)
    if (order === 'none') return lab.skip('no order is declared')
    const keys = (await numbered(store, lab.amounts.counts.at(-1) ?? 0)).sort(compareUtf8Bytes)
    const [from, before] = [keys[keys.length >> 2], keys[keys.length - 3]]
    const asked: ListOptions<string>[] = [{ from }, { before }, { from, before }]
    if (reverse) asked.push({ reverse }, { reverse, from, before }, { reverse, before, limit: 100 })
    for (const options of asked)
      expectSequence(
        await keysOf(store, options),
        selected(keys, options),
        `the keys with ${JSON.stringify(options)}`,
      )
  }),
  check('L11', 'pages by before and reverse give every key once', async lab => {
    const store = await lab.open()
    if (!lab.guarantees(store).reverse) return lab.skip('the store does not list backwards')
    const keys = [...(await lab.fill(store, KEYS)).keys()].sort(compareUtf8Bytes)
    const listed: string[] = []
    for (;;) {
      const before = listed.at(-1)
      const page = await keysOf(store, { reverse: true, limit: 3, ...(before !== undefined && { before }) })
      if (page.length === 0) break
      listed.push(...page)
      ensure(listed.length <= keys.length, 'pages come to an end', `${listed.length} keys of ${keys.length}`)
    }
    expectSequence(listed, keys.toReversed(), 'pages backwards')
  }),
]

async function gives(store: ByteStore, keys: readonly string[], options: ListOptions<string>): Promise<void> {
  const wanted = selected(keys, options)
  const what = JSON.stringify(options)
  expectSequence(await keysOf(store, options), wanted, `the keys with ${what}`)
  const entries = await collect(store.entries(options))
  expectSequence(
    entries.map(([key]) => key),
    wanted,
    `the entries with ${what}`,
  )
}

/** What of all keys, in their order, a listing gives. */
function selected(keys: readonly string[], options: ListOptions<string>): string[] {
  const { prefix = '', from, after, before, reverse, limit } = options
  const within = keys.filter(
    key =>
      key.startsWith(prefix) &&
      (from === undefined || compareUtf8Bytes(key, from) >= 0) &&
      (after === undefined || compareUtf8Bytes(key, after) > 0) &&
      (before === undefined || compareUtf8Bytes(key, before) < 0),
  )
  return (reverse === true ? within.toReversed() : within).slice(0, limit)
}

function expectSequence(actual: readonly string[], wanted: readonly string[], wants: string): void {
  ensure(
    JSON.stringify(actual) === JSON.stringify(wanted),
    wants,
    `${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`,
  )
}

async function refuses(store: ByteStore, ...all: ListOptions<string>[]): Promise<void> {
  for (const options of all)
    await expectRejects(
      () => keysOf(store, options),
      'Unsupported',
      `${Object.keys(options)[0]} is refused where it cannot be kept`,
    )
}
