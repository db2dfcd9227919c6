import { type Range, readRange, readStream } from '@kvdol/core'
import { ensure, expectBytes, expectRejects, expectSame } from '../assert.ts'
import { concat, noise } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { eachAtOnce } from '../each-at-once.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'

const KEY = 'ranged'
/** Length in bytes of a value that backends store in blocks. */
const LONG = 270_001

/** R4 and R5: parts of values. */
export const ranges: readonly Check[] = [
  check('R4', 'a range is half open and clipped at the end', async lab => {
    const { store, value } = await valued(lab, 1000)
    const asked: Range[] = [
      { start: 0, end: 1 },
      { start: 999 },
      { start: 0, end: 1000 },
      { start: 10, end: 20 },
      { start: 990, end: 5000 },
    ]
    asked.push(
      { end: 7 },
      { start: 500 },
      { start: 0, end: Number.MAX_SAFE_INTEGER },
      { start: 999, end: 1000 },
      {},
    )
    for (const range of asked) await gives(store, range, value)
  }),
  check('R4', 'a suffix gives the last bytes, at most all', async lab => {
    const { store, value } = await valued(lab, 1000)
    for (const suffix of [1, 10, 999, 1000, 1001, Number.MAX_SAFE_INTEGER, 0])
      await gives(store, { suffix }, value)
  }),
  check('R4', 'an empty range gives no bytes', async lab => {
    const { store, value } = await valued(lab, 10)
    for (const start of [0, 5, 9]) await gives(store, { start, end: start }, value)
  }),
  check('R4', 'a range behind the end rejects RangeNotSatisfiable', async lab => {
    const { store } = await valued(lab, 10)
    for (const range of [
      { start: 10 },
      { start: 11 },
      { start: 10, end: 20 },
      { start: Number.MAX_SAFE_INTEGER },
    ])
      await expectRejects(
        () => read(store, range),
        'RangeNotSatisfiable',
        `${print(range)} begins behind a value of 10 bytes`,
        KEY,
      )
  }),
  check('R4', 'what is no range rejects InvalidArgument', async lab => {
    const { store } = await valued(lab, 10)
    const wrong: unknown[] = [
      { start: -1 },
      { end: -1 },
      { suffix: -1 },
      { start: Number.NaN },
      { start: 0.5 },
      { start: 2 ** 53 },
      { end: 1.5 },
    ]
    wrong.push(
      { start: 5, end: 2 },
      { start: '1' },
      { suffix: 1, start: 1 },
      { start: Number.POSITIVE_INFINITY },
      { length: 3 },
    )
    for (const range of wrong)
      await expectRejects(
        () => read(store, range as Range),
        'InvalidArgument',
        `${print(range)} is no range`,
        KEY,
      )
  }),
  check('R4', 'a range of an absent key is absent', async lab => {
    const store = await lab.open()
    for (const range of [{ start: 0 }, { start: 5, end: 9 }, { suffix: 3 }])
      expectSame(
        await readRange(store, 'missing', range),
        undefined,
        'an absent key has no ranges',
        'missing',
      )
  }),
  check('R5', 'random ranges are the slices of the whole', async lab => {
    const { store, value } = await valued(lab, 70_001)
    const below = () => lab.random.below(value.byteLength)
    const random = Array.from({ length: Math.min(40, lab.amounts.exits) }, () => {
      const start = below()
      return { start, end: start + below() }
    })
    const edges = [4095, 4096, 4097, 65_535, 65_536, 65_537].flatMap(edge => [{ end: edge }, ...around(edge)])
    await eachAtOnce([...random, ...edges], range => gives(store, range, value))
  }),
  check('R5', 'ranges of a long value are its slices', async lab => {
    if (lab.amounts.longValue < LONG) return lab.skip('long values belong to a larger scale')
    const { store, value } = await valued(lab, LONG)
    // Backends cut long values into blocks of these lengths.
    await eachAtOnce([261_120, 262_143, 262_144].flatMap(around), range => gives(store, range, value))
  }),
]

async function valued(lab: Lab, length: number): Promise<{ store: ByteStore; value: Uint8Array }> {
  const store = await lab.open()
  const value = noise(lab.random, Math.min(length, lab.guarantees(store).maxValueBytes ?? length))
  await store.set(KEY, value)
  return { store, value }
}

/** Ranges that begin or lie at a length in which something may be cut. */
function around(edge: number): Range[] {
  return [{ start: edge }, { start: edge - 1, end: edge + 1 }]
}

/** Both ways of reading a range give what slicing an array gives. */
async function gives(store: ByteStore, range: Range, value: Uint8Array): Promise<void> {
  const expected = sliced(value, range)
  expectBytes(
    await readRange(store, KEY, range),
    expected,
    `the bytes of ${print(range)} of ${value.byteLength}`,
    KEY,
  )
  const stream = await readStream(store, KEY, range)
  ensure(stream !== undefined, 'a value that is there has a stream', 'undefined', KEY)
  expectBytes(await concat(stream), expected, `${print(range)} by stream is the same`, KEY)
}

async function read(store: ByteStore, range: Range): Promise<Uint8Array | undefined> {
  return await readRange(store, KEY, range)
}

/** What the range means. */
function sliced(value: Uint8Array, range: Range): Uint8Array {
  const length = value.byteLength
  const [start, end] =
    'suffix' in range ? [length - range.suffix, length] : [range.start ?? 0, range.end ?? length]
  return value.subarray(Math.max(0, start), Math.max(0, Math.min(end, length)))
}

function print(range: unknown): string {
  return JSON.stringify(range, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
}
