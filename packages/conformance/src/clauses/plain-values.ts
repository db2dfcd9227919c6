import { readRange, readStream } from '@kvdol/core'
import { ensure } from '../assert.ts'
import { filled, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect } from '../collect.ts'

/** N6: what values are made of. */
export const plainValues: readonly Check[] = [
  check('N6', 'values are plain Uint8Arrays over memory of their own', async lab => {
    const store = await lab.open()
    const values = [utf8('short'), new Uint8Array(), filled(5000, 1), filled(150_000, 2)]
    await store.setMany(values.map((value, index) => [`key-${index}`, value]))
    for (const key of values.map((_, index) => `key-${index}`)) {
      assertOwn('get', await store.get(key), key)
      assertOwn('getOrThrow', await store.getOrThrow(key), key)
      assertOwn('readRange', await readRange(store, key, { suffix: 3 }), key)
    }
    for await (const [key, value] of store.getMany(['key-0', 'key-2'])) assertOwn('getMany', value, key)
    for await (const [key, value] of store.entries()) assertOwn('entries', value, key)
    for await (const value of store.values()) assertOwn('values', value)
  }),
  check('N6', 'chunks of a stream are plain Uint8Arrays', async lab => {
    const store = await lab.open()
    await store.set('key', filled(150_000, 2))
    const stream = await readStream(store, 'key')
    ensure(stream !== undefined, 'readStream finds the value', 'undefined', 'key')
    for (const chunk of await collect(stream)) assertPlain('readStream', chunk, 'key')
  }),
]

function assertPlain(method: string, value: unknown, key?: string): asserts value is Uint8Array {
  const made = Object.getPrototypeOf(value ?? {})?.constructor?.name
  ensure(
    value instanceof Uint8Array && Object.getPrototypeOf(value) === Uint8Array.prototype,
    `${method} gives a plain Uint8Array`,
    String(made),
    key,
  )
}

/** What `slice`, `buffer` and `structuredClone` do to a value must not depend on where it came from. */
function assertOwn(method: string, value: unknown, key?: string): void {
  assertPlain(method, value, key)
  ensure(
    value.buffer.byteLength === value.byteLength,
    `${method} gives bytes over memory of their own`,
    `${value.byteLength} bytes of a buffer of ${value.buffer.byteLength}`,
    key,
  )
}
