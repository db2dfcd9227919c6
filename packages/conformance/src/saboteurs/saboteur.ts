import { createStore, type Driver } from '@kvdol/core'
import { expectBytes, expectKeys } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import type { Clause } from '../contract.ts'
import type { ByteStore, Canaries, Subject } from '../subject.ts'
import { emptyPlace, type HonestDriver, honest, type Place } from './honest.ts'

/** A store that breaks the contract on purpose, to prove that the kit notices. */
export interface Saboteur {
  /** What it does wrong. */
  readonly name: string
  /** The clauses that it breaks: cases of each of them must fail. */
  readonly breaks: readonly Clause[]
  /** Further clauses that the same lie breaks in passing: their cases may fail. */
  readonly touches: readonly Clause[]
  readonly subject: Subject
}

/** What a lying driver does differently. */
export type Lie = (driver: HonestDriver, place: Place) => Partial<Driver>

/** Makes a saboteur of the honest driver and one lie. */
export function lyingDriver(
  name: string,
  breaks: readonly Clause[],
  touches: readonly Clause[],
  lie: Lie,
): Saboteur {
  return saboteur(name, breaks, touches, place => {
    const driver = honest(place)
    return createStore({ ...driver, ...lie(driver, place) }) as ByteStore
  })
}

/** Makes a saboteur of an honest store, one of whose methods lies: stores need not come from `createStore`. */
export function lyingStore(
  name: string,
  breaks: readonly Clause[],
  touches: readonly Clause[],
  lie: (store: ByteStore, place: Place) => Partial<ByteStore>,
): Saboteur {
  return saboteur(name, breaks, touches, place => {
    // Nothing can be declared by a store that does not come from createStore; batches are derived then.
    const { setMany: _, ...driver } = honest(place)
    const store = createStore({ ...driver, guarantees: {} }) as ByteStore
    return lying(store, lie(store, place))
  })
}

/** Makes a saboteur of a function that opens stores on places. */
export function saboteur(
  name: string,
  breaks: readonly Clause[],
  touches: readonly Clause[],
  make: (place: Place) => ByteStore,
): Saboteur {
  return { name, breaks, touches, subject: subjectOf(name, make) }
}

/** A subject with every hook, over places in memory. */
export function subjectOf(name: string, make: (place: Place) => ByteStore): Subject {
  const places = new WeakMap<ByteStore, Place>()
  const open = (place: Place) => {
    const made = make(place)
    places.set(made, place)
    return made
  }
  const placeOf = (store: ByteStore) => places.get(store) as Place
  const handles = { open: 0 }
  let current = emptyPlace(handles)
  return {
    name,
    open: () => {
      current = emptyPlace(handles)
      return open(current)
    },
    reopen: again => open(placeOf(again)),
    canaries: again => canaries(placeOf(again)),
    outage: again => {
      placeOf(again).down = true
    },
    damage: (again, key) => {
      const { entries } = placeOf(again)
      const entry = entries.get(key)
      if (entry !== undefined) entries.set(key, { ...entry, damaged: true })
    },
    crowd(again) {
      // Only one of them lies under a legal key, as this backend names things.
      placeOf(again).foreign.add('foreign').add('folder')
      return ['foreign']
    },
    failWrite: (again, key) => void placeOf(again).refused.add(key),
    slow(again, milliseconds) {
      placeOf(again).slow = milliseconds
    },
    abandonLock(again, key) {
      placeOf(again).locked.add(key)
      return 1000
    },
    resources: () => handles.open,
    requests: () => current.requests,
  }
}

function lying(store: ByteStore, lie: Partial<ByteStore>): ByteStore {
  const bound = (name: keyof ByteStore) => (store[name] as (...given: unknown[]) => unknown).bind(store)
  const names = [
    'get',
    'getOrThrow',
    'has',
    'keys',
    'values',
    'entries',
    'getMany',
    'size',
    'stat',
    'close',
    'set',
    'delete',
    'setMany',
    'deleteMany',
  ] as const
  const methods = Object.fromEntries(
    [...names, Symbol.asyncIterator, Symbol.asyncDispose].map(name => [name, bound(name as keyof ByteStore)]),
  )
  return { ...methods, ...lie } as ByteStore
}

/** Entries around the place, which must stay as they are. */
function canaries({ outside }: Place): Canaries {
  for (const key of ['x', 'etc/passwd', 'b']) outside.set(key, utf8(`canary ${key}`))
  const before = new Map([...outside].map(([key, value]) => [key, value.slice()]))
  return {
    check() {
      expectKeys([...outside.keys()], before.keys(), 'nothing appears or vanishes around the store')
      for (const [key, value] of before)
        expectBytes(outside.get(key), value, 'nothing changes around the store', key)
    },
  }
}
