import { isStoreError } from '@kvdol/core'
import { ensure, expectBytes, expectRejects, outcome, printError } from '../assert.ts'
import { filled, noise, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect } from '../collect.ts'

/** V4 to V7: whose bytes they are, and what is no value. */
export const valuePrivacy: readonly Check[] = [
  check('V4', 'changing the bytes given to set changes nothing stored', async lab => {
    const store = await lab.open()
    const given = utf8('as it was given')
    const expected = given.slice()
    const setting = store.set('key', given)
    given.fill(0)
    await setting
    expectBytes(await store.get('key'), expected, 'the bytes are copied before set gives control back', 'key')
    given.fill(1)
    expectBytes(await store.get('key'), expected, 'the bytes are the store’s own', 'key')
  }),
  check('V4', 'changing the bytes given to setMany changes nothing stored', async lab => {
    const store = await lab.open()
    const given = utf8('as it was given')
    const expected = given.slice()
    const setting = store.setMany([['key', given]])
    given.fill(0)
    await setting
    expectBytes(
      await store.get('key'),
      expected,
      'the bytes of an entry are copied when it is taken from the list',
      'key',
    )
    given.fill(1)
    expectBytes(await store.get('key'), expected, 'the bytes are the store’s own', 'key')
  }),
  check('V5', 'changing the bytes got changes nothing stored', async lab => {
    const store = await lab.open()
    const expected = utf8('as it was set')
    await store.set('key', expected)
    const [first, second] = await Promise.all([store.get('key'), store.get('key')])
    first?.fill(0)
    expectBytes(second, expected, 'two readers do not share bytes', 'key')
    expectBytes(await store.get('key'), expected, 'a reader cannot change the stored value', 'key')
    for (const [, value] of await collect(store.entries())) value.fill(0)
    for (const value of await collect(store.values())) value.fill(0)
    for (const [, value] of await collect(store.getMany(['key']))) value?.fill(0)
    expectBytes(await store.get('key'), expected, 'nor through entries, values or getMany', 'key')
  }),
  check('V6', 'a view of a buffer stores the bytes of the view, or is refused', async lab => {
    const store = await lab.open()
    for (const [name, view] of Object.entries(views(noise(lab.random, 96)))) {
      const expected = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice()
      const result = await outcome(() => store.set('view', view as Uint8Array))
      if (result.ok)
        expectBytes(await store.get('view'), expected, `a ${name} stores exactly its bytes`, 'view')
      else
        ensure(
          isStoreError(result.error, 'InvalidValue'),
          `a ${name} is stored or refused`,
          printError(result.error),
          'view',
        )
    }
  }),
  check('V6', 'an array over part of a buffer stores its part', async lab => {
    const store = await lab.open()
    const part = noise(lab.random, 96).subarray(17, 42)
    await store.set('part', part)
    expectBytes(await store.get('part'), part.slice(), 'a subarray stores exactly its bytes', 'part')
  }),
  check('V7', 'what is not bytes is refused and deletes nothing', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('old'))
    const wrong: readonly unknown[] = [
      undefined,
      null,
      'text',
      '',
      1,
      0,
      true,
      {},
      [],
      [1, 2],
      new Map(),
      () => 1,
      Symbol('x'),
      1n,
    ]
    for (const value of wrong) {
      await expectRejects(
        () => store.set('key', value as Uint8Array),
        'InvalidValue',
        `${typeof value} is no bytes`,
        'key',
      )
      await expectRejects(
        () => store.setMany([['key', value as Uint8Array]]),
        'InvalidValue',
        `${typeof value} is no bytes`,
        'key',
      )
    }
    expectBytes(await store.get('key'), utf8('old'), 'a refused value leaves the old one', 'key')
  }),
  check('V7', 'a detached buffer is refused', async lab => {
    const store = await lab.open()
    const gone = filled(8, 1)
    structuredClone(gone.buffer, { transfer: [gone.buffer as ArrayBuffer] })
    await expectRejects(
      () => store.set('key', gone),
      'InvalidValue',
      'bytes that are gone are no value',
      'key',
    )
    expectBytes(await store.get('key'), undefined, 'a refused value is not stored', 'key')
  }),
]

function views(source: Uint8Array): Record<string, ArrayBufferView> {
  const buffer = source.buffer as ArrayBuffer
  const shared = new Uint8Array(new SharedArrayBuffer(32)).fill(7)
  return {
    'Uint8Array with an offset': new Uint8Array(buffer, 8, 24),
    DataView: new DataView(buffer, 3, 30),
    Float64Array: new Float64Array(buffer, 8, 3),
    Uint16Array: new Uint16Array(buffer, 2, 5),
    Int8Array: new Int8Array(buffer, 1, 9),
    Uint8ClampedArray: new Uint8ClampedArray(buffer, 5, 6),
    'view of a shared buffer': shared.subarray(4, 20),
    ...pooled(),
  }
}

/** Small Node buffers are slices of one pool. */
function pooled(): Record<string, ArrayBufferView> {
  const { Buffer } = globalThis as { Buffer?: { from(text: string): Uint8Array } }
  return Buffer === undefined ? {} : { 'pooled Buffer': Buffer.from('a slice of the pool') }
}
