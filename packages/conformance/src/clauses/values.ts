import { readStream, writeStream } from '@kvdol/core'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome, printError } from '../assert.ts'
import { concat, filled, noise, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'

const LENGTHS = [1, 2, 63, 64, 65, 4095, 4096, 4097, 65535, 65536, 65537]
const LONGER = [1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1]

/** V1 to V3 and V8: what is set is what comes back. */
export const values: readonly Check[] = [
  check('V1', 'a value of no bytes is there on every path', async lab => {
    const store = await lab.open()
    await store.set('empty', new Uint8Array())
    expectBytes(await store.get('empty'), new Uint8Array(), 'no bytes come back as no bytes', 'empty')
    expectSame(await store.has('empty'), true, 'a value of no bytes is there', 'empty')
    const size = (await store.stat('empty'))?.size
    if (size !== undefined) expectSame(size, 0, 'its size is 0', 'empty')
    expectKeys(await keysOf(store), ['empty'], 'it is listed')
    expectBytes(await store.get('missing'), undefined, 'an absent key has no value', 'missing')
  }),
  check('V1', 'a value of no bytes goes through streams', async lab => {
    const store = await lab.open()
    await writeStream(store, 'empty', [])
    const stream = await readStream(store, 'empty')
    ensure(stream !== undefined, 'a value of no bytes is there', 'no stream', 'empty')
    expectBytes(await concat(stream), new Uint8Array(), 'its stream is empty', 'empty')
  }),
  check('V1', 'a value can be replaced by one of no bytes', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('something'))
    await store.set('key', new Uint8Array())
    expectBytes(await store.get('key'), new Uint8Array(), 'the value is empty now', 'key')
  }),
  check('V2', 'all 256 byte values come back', async lab => {
    const store = await lab.open()
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const [key, value] of Object.entries({
      all,
      reversed: all.toReversed(),
      zeros: filled(100, 0),
      crlf: utf8('\r\n\n\r\0\x1a'),
    })) {
      await store.set(key, value)
      expectBytes(await store.get(key), value, 'bytes come back as they were set', key)
    }
  }),
  check('V2', 'values of all lengths come back', async lab => {
    const store = await lab.open()
    const lengths = lab.subject.scale === 'long' ? [...LENGTHS, ...LONGER] : LENGTHS
    for (const length of lengths) {
      const value = noise(lab.random, length)
      await store.set(`length-${length}`, value)
      expectBytes(await store.get(`length-${length}`), value, `${length} bytes come back as they were set`)
    }
  }),
  check('V3', 'a long value comes back', async lab => {
    const store = await lab.open()
    const value = noise(
      lab.random,
      Math.min(lab.amounts.longValue, lab.guarantees(store).maxValueBytes ?? Number.POSITIVE_INFINITY),
    )
    await store.set('long', value)
    expectBytes(await store.get('long'), value, 'a long value comes back as it was set', 'long')
    expectBytes(
      await concat((await readStream(store, 'long')) ?? new ReadableStream()),
      value,
      'also by stream',
      'long',
    )
  }),
  check('V8', 'a value over the declared limit is refused and the old one stays', async lab => {
    const store = await lab.open()
    const { maxValueBytes } = lab.guarantees(store)
    if (maxValueBytes === null) return lab.skip('no limit is declared')
    if (maxValueBytes > 64 * 1024 * 1024) return lab.skip('the declared limit is over 64 MiB')
    const full = noise(lab.random, maxValueBytes)
    const over = new Uint8Array(maxValueBytes + 1)
    await store.set('key', full)
    for (const [name, call] of Object.entries({
      set: () => store.set('key', over),
      setMany: () => store.setMany([['key', over]]),
      writeStream: () => writeStream(store, 'key', [over]),
    }))
      await expectRejects(call, 'TooLarge', `${name} refuses more than ${maxValueBytes} bytes`, 'key')
    expectBytes(await store.get('key'), full, 'a value of exactly the limit works, and stays', 'key')
  }),
  check('V8', 'a value is refused only over the declared limit', async lab => {
    const store = await lab.open()
    const room = lab.guarantees(store).maxValueBytes ?? Number.POSITIVE_INFINITY
    for (const length of [1024, 65536, lab.amounts.longValue].filter(each => each <= room)) {
      const result = await outcome(() => store.set('key', filled(length, 7)))
      ensure(result.ok, `a value of ${length} bytes fits`, result.ok ? '' : printError(result.error), 'key')
    }
  }),
]
