import { type Driver, innerKey, isStoreError, memory, StoreError, update } from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { ensure, expectBytes, expectKeys, expectRejects, expectSame, outcome } from '../assert.ts'
import { fromUtf8, utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import type { ByteStore, CoreCopy } from '../subject.ts'
import { together } from '../together.ts'

const counted = (value: Uint8Array | undefined) => utf8(String(Number(value ? fromUtf8(value) : 0) + 1))
const fails = () => {
  throw new StoreError('Conflict', 'there is a value already')
}

/** N11: stores, drivers and errors that go from one copy of core to another. */
export const copies: readonly Check[] = [
  check(
    'N11',
    'errors are known to another copy of core, and its errors here',
    async lab => {
      const [store, other] = [await lab.open(), (await lab.subject.otherCore?.()) as CoreCopy]
      const result = await outcome(() => store.getOrThrow('missing'))
      ensure(!result.ok, 'getOrThrow rejects', 'a value', 'missing')
      ensure(
        other.isStoreError(result.error, 'NotFound'),
        'isStoreError of the other copy knows the error',
        'false',
      )
      ensure(
        result.error instanceof other.StoreError,
        'instanceof of the other copy knows the error',
        'false',
      )
      const foreign = new other.StoreError('Conflict', 'of the other copy')
      ensure(isStoreError(foreign, 'Conflict'), 'isStoreError knows an error of the other copy', 'false')
      const lying = other.createStore({ ...driverOf(memory()), set: fails } as never)
      await expectRejects(
        () => (lying as ByteStore).set('key', utf8('x')),
        'Conflict',
        'what a driver throws keeps its code in a store of the other copy',
        'key',
      )
    },
    ['otherCore'],
  ),
  check(
    'N11',
    'functions and transforms of another copy work on the store',
    async lab => {
      const [store, other] = [await lab.open(), (await lab.subject.otherCore?.()) as CoreCopy]
      await store.set('v/key', utf8('1'))
      const view = other.pipe(store, other.mapKeys(other.prefix('v/'))) as ByteStore
      expectBytes(await view.get('key'), utf8('1'), 'a view of the other copy reads the store', 'key')
      expectKeys(await keysOf(view), ['key'], 'and lists it')
      const inner = innerKey(store, 'v/key')
      expectSame(
        innerKey(view, 'key'),
        inner,
        'the driver is reached through a view of the other copy',
        'key',
      )
      expectSame(driverOf(view), driverOf(store), 'it is the same driver')
      const [declared, there] = [lab.guarantees(store), other.guarantees(store)]
      expectSame(JSON.stringify(there), JSON.stringify(declared), 'the other copy knows the guarantees')
      await other.rename(store, 'v/key', 'moved')
      await other.writeStream(store, 'streamed', [utf8('a'), utf8('b')])
      expectBytes(await store.get('moved'), utf8('1'), 'rename of the other copy works', 'moved')
      expectBytes(await store.get('streamed'), utf8('ab'), 'writeStream of the other copy works', 'streamed')
    },
    ['otherCore'],
  ),
  check(
    'N11',
    'update knows a conflict across copies',
    async lab => {
      const [store, other] = [await lab.open(), (await lab.subject.otherCore?.()) as CoreCopy]
      if (
        !['ifAbsent', 'ifMatch'].every(each => lab.guarantees(store).conditions.includes(each as 'ifMatch'))
      )
        return lab.skip('the store has no conditional writes')
      const { close: _, ...driver } = driverOf(store) as Driver
      const there = other.createStore(driver as never, { allowTornReads: true }) as ByteStore
      const steps = 5
      const racing = (count: (key: string) => Promise<unknown>) =>
        together(Array.from({ length: steps }, () => count('counter')))
      for (const counter of [store, there]) {
        await counter.delete('counter')
        await together<unknown>([
          racing(key => update(counter, key, counted, { retries: 100 })),
          racing(key => other.update(counter, key, counted, { retries: 100 })),
        ])
        expectBytes(await counter.get('counter'), utf8(String(2 * steps)), 'no step is lost', 'counter')
      }
    },
    ['otherCore'],
  ),
]
