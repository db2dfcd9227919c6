import { isStoreError, readStream, writeStream } from '@kvdol/core'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome, settles } from '../assert.ts'
import { concat, equalBytes, filled, noise, printBytes, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { openResources } from '../resources.ts'

const CHUNK = 32 * 1024

/** S1, S3 to S5: values in chunks, by the backend or collected by the store. */
export const streams: readonly Check[] = [
  check('S1', 'nothing is visible before a write stream ends', async lab => {
    const store = await lab.open()
    await store.set('old', utf8('old'))
    let open = () => {}
    const gate = new Promise<void>(resolve => {
      open = resolve
    })
    const writes = ['old', 'new'].map(key => writeStream(store, key, gated(gate)))
    try {
      for (let round = 0; round < 5; round++) {
        await new Promise(resolve => setTimeout(resolve, 2))
        expectBytes(
          await store.get('old'),
          utf8('old'),
          'the old value is there until the stream has ended',
          'old',
        )
        expectSame(await store.has('new'), false, 'a new key is absent until the stream has ended', 'new')
        expectKeys(await keysOf(store), ['old'], 'it is not listed either, nor anything unfinished')
      }
    } finally {
      open()
      await Promise.allSettled(writes)
    }
    await Promise.all(writes)
    for (const key of ['old', 'new'])
      expectSame((await store.get(key))?.byteLength, 3 * CHUNK, 'then the whole value is there', key)
  }),
  check('S1', 'a source that fails leaves the old value and no rest', async lab => {
    const store = await lab.open()
    await store.set('old', utf8('old'))
    for (const key of ['old', 'new']) {
      const result = await outcome(() => writeStream(store, key, failing()))
      ensure(
        !result.ok && isStoreError(result.error),
        'writeStream rejects when its source fails',
        'something else',
        key,
      )
    }
    expectBytes(await store.get('old'), utf8('old'), 'the old value stays', 'old')
    expectKeys(await keysOf(store), ['old'], 'nothing unfinished is listed')
  }),
  check('S1', 'an aborted write stream leaves the old value and no rest', async lab => {
    const store = await lab.open()
    await store.set('old', utf8('old'))
    const controller = new AbortController()
    const { signal } = controller
    const writes = ['old', 'new'].map(key =>
      outcome(() => writeStream(store, key, gated(new Promise(() => {})), { signal })),
    )
    await new Promise(resolve => setTimeout(resolve, 5))
    controller.abort(new Error('enough'))
    for (const result of await settles(Promise.all(writes), 'an aborted write stream settles'))
      ensure(!result.ok && isStoreError(result.error, 'Aborted'), 'it rejects Aborted', 'something else')
    expectBytes(await store.get('old'), utf8('old'), 'the old value stays', 'old')
    expectKeys(await keysOf(store), ['old'], 'nothing unfinished is listed')
  }),
  check('S3', 'how the bytes are cut into chunks makes no difference', async lab => {
    const store = await lab.open()
    const value = noise(lab.random, 5000)
    const cuts: Record<string, Uint8Array[]> = {
      whole: [value],
      single: Array.from(value.subarray(0, 300), (_, index) => value.subarray(index, index + 1)),
      uneven: [
        value.subarray(0, 1),
        new Uint8Array(),
        value.subarray(1, 4097),
        new Uint8Array(),
        value.subarray(4097),
      ],
      nothing: [],
      empty: [new Uint8Array(), new Uint8Array()],
    }
    for (const [key, chunks] of Object.entries(cuts)) {
      await writeStream(store, key, chunks)
      expectBytes(await store.get(key), await concat(each(chunks)), 'the chunks add up to the value', key)
    }
  }),
  check('S3', 'a source can be an array, a generator or a web stream', async lab => {
    const store = await lab.open()
    const chunks = [noise(lab.random, 100), noise(lab.random, 70_000)]
    const expected = await concat(each(chunks))
    for (const [key, source] of Object.entries({
      array: chunks,
      generator: each(chunks),
      web: web(chunks),
    })) {
      await writeStream(store, key, source)
      expectBytes(await store.get(key), expected, `a ${key} is a source`, key)
    }
  }),
  check('S3', 'chunks that are no bytes are refused and nothing is stored', async lab => {
    const store = await lab.open()
    await expectRejects(
      () => writeStream(store, 'key', ['text'] as never),
      'InvalidValue',
      'a string is no chunk',
      'key',
    )
    await expectRejects(
      () => writeStream(store, 'key', 7 as never),
      'InvalidValue',
      'a number is no source',
      'key',
    )
    expectKeys(await keysOf(store), [], 'nothing is stored')
  }),
  check('S4', 'the chunks of a read stream add up to the value', async lab => {
    const store = await lab.open()
    for (const length of [0, 1, CHUNK, 300_001]) {
      const value = noise(lab.random, length)
      await store.set('key', value)
      const stream = await readStream(store, 'key')
      ensure(stream !== undefined, 'a value that is there has a stream', 'undefined', 'key')
      expectBytes(await concat(stream), value, 'the chunks add up to the value', 'key')
    }
  }),
  check('S4', 'a stream opened before an overwrite gives the old value whole, or rejects', async lab => {
    const store = await lab.open()
    if (!lab.guarantees(store).atomicOverwrite) return lab.skip('atomicOverwrite is not declared')
    const old = filled(400_000, 1)
    await store.set('key', old)
    const stream = await readStream(store, 'key')
    const reader = stream?.getReader()
    const first = await reader?.read()
    await store.set('key', filled(500_000, 2))
    const parts = [first?.value ?? new Uint8Array()]
    const rest = await outcome(async () => {
      for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read())
        parts.push(next.value)
    })
    const got = await concat(each(parts))
    ensure(!rest.ok || equalBytes(got, old), 'the old value whole, or a rejection', printBytes(got), 'key')
  }),
  check('S4', 'leaving a read stream early releases everything', async lab => {
    const store = await lab.open()
    await store.set('key', filled(500_000, 1))
    const count = await openResources(lab)
    const before = await count()
    for (let round = 0; round < lab.amounts.exits / 4; round++) {
      const reader = (await readStream(store, 'key'))?.getReader()
      if (round % 2 === 0) await reader?.read()
      await reader?.cancel()
    }
    await new Promise(resolve => setTimeout(resolve, 20))
    const after = await count()
    ensure(after <= before + 2, 'as much is open as before', `${after} handles instead of ${before}`)
  }),
  check('S5', 'a stream of another length than declared is refused and stores nothing', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('old'))
    for (const size of [0, 1, 9, 11, 1000])
      await expectRejects(
        () => writeStream(store, 'key', [filled(4, 1), filled(6, 2)], { size }),
        'InvalidValue',
        `10 bytes are not ${size}`,
        'key',
      )
    for (const size of [-1, 1.5, Number.NaN])
      await expectRejects(
        () => writeStream(store, 'key', [filled(10, 1)], { size }),
        'InvalidArgument',
        `${size} is no length`,
        'key',
      )
    expectBytes(await store.get('key'), utf8('old'), 'the old value stays', 'key')
    await writeStream(store, 'key', [filled(10, 1)], { size: 10 })
    expectBytes(await store.get('key'), filled(10, 1), 'the declared length is fine', 'key')
  }),
]

/** Three chunks, the last only when the gate opens. */
async function* gated(gate: Promise<void>): AsyncGenerator<Uint8Array, void, undefined> {
  yield filled(CHUNK, 1)
  yield filled(CHUNK, 2)
  await gate
  yield filled(CHUNK, 3)
}

async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
  yield filled(CHUNK, 1)
  throw new RangeError('the source fails on purpose')
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks
}

function web(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}
