import { isStoreError, StoreError } from '@kvdol/core'
import { assertCondition, assertTaken, assertUp, type HonestDriver, type Place, store } from './honest.ts'
import { lyingDriver, type Saboteur } from './saboteur.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/** Drivers one of whose ways to write does less than the others: to etags, to conditions, to metadata. */
export const wayOfWritingSaboteurs: readonly Saboteur[] = [
  lyingDriver('tells the old size of what a rename has replaced', ['R3'], ['N2'], (driver, place) => {
    const sizes = keptAt<number>(place)
    return {
      rename(from, to, options) {
        const old = place.entries.get(to)
        const found = moved(place, from, to, options)
        if (old !== undefined) sizes.set(to, old.value.byteLength)
        return found
      },
      stat(key, options) {
        const [stat, size] = [statOf(driver, key, options), sizes.get(key)]
        return stat && size !== undefined ? { ...stat, size } : stat
      },
      set(key, value, options) {
        sizes.delete(key)
        return driver.set(key, value, options)
      },
    }
  }),
  lyingDriver('begins its etags anew when a key is deleted', ['R3'], ['W10', 'D6'], (driver, place) => ({
    ...countedByKey(driver, place),
    delete(key, options) {
      assertUp(place)
      assertCondition(place.entries.get(key), options)
      place.entries.delete(key)
      keptAt<number>(place).delete(key)
    },
  })),
  lyingDriver('takes the etag along when it renames', ['R3'], ['W10'], (driver, place) => ({
    ...countedByKey(driver, place),
    rename(from, to, options) {
      const version = place.entries.get(from)?.version
      const found = moved(place, from, to, options)
      if (version !== undefined) setVersion(place, to, version)
      return found
    },
  })),
  lyingDriver('keeps the etag when a batch replaces a value', ['R3'], ['W14', 'R8'], (driver, place) => ({
    setMany(batch, options) {
      const versions = batch.map(([key]) => place.entries.get(key)?.version)
      void driver.setMany(batch, options)
      for (const [index, [key]] of batch.entries()) setVersion(place, key, versions[index])
    },
  })),
  lyingDriver('keeps the etag when a stream replaces a value', ['R3'], ['W9', 'W10'], (driver, place) => ({
    async writeStream(key, chunks, options) {
      const version = place.entries.get(key)?.version
      await driver.writeStream(key, chunks, options)
      setVersion(place, key, version)
    },
  })),
  lyingDriver('tells the time of a write in seconds', ['R3'], [], driver => ({
    stat(key, options) {
      const stat = statOf(driver, key, options)
      return stat && { ...stat, modified: new Date(Date.now() / 1000) }
    },
  })),
  lyingDriver('takes * for every etag', ['W10'], [], (driver, { entries }) => ({
    set(key, value, { ifMatch, ...options }) {
      const any = ifMatch === '*' && entries.has(key)
      return driver.set(key, value, any || ifMatch === undefined ? options : { ...options, ifMatch })
    },
  })),
  lyingDriver('has nothing against a conditional delete of nothing', ['W10'], ['D6'], (driver, place) => ({
    delete(key, options) {
      assertUp(place)
      if (place.entries.has(key)) void driver.delete(key, options)
    },
  })),
  lyingDriver('looks first and streams then for ifAbsent', ['W9'], ['W10'], (driver, place) => ({
    async writeStream(key, chunks, { ifAbsent, ...options }) {
      assertCondition(place.entries.get(key), { ifAbsent })
      await driver.writeStream(key, chunks, options)
    },
  })),
  lyingDriver('looks first and renames then for ifAbsent', ['W9'], [], (_, place) => ({
    async rename(from, to, options) {
      assertUp(place)
      if (place.entries.has(from)) assertCondition(place.entries.get(to), options)
      await turn()
      return moved(place, from, to, from === to ? options : {})
    },
  })),
  lyingDriver('looks first and deletes then for ifMatch', ['W10'], ['D6', 'N1'], (_, place) => ({
    async delete(key, options) {
      assertUp(place)
      assertCondition(place.entries.get(key), options)
      if (options.ifMatch !== undefined) await turn()
      place.entries.delete(key)
    },
  })),
  lyingDriver('has no conditions for long values', ['W9', 'W10'], [], driver => ({
    set: (key, value, { ifAbsent, ifMatch, ...options }) =>
      driver.set(key, value, {
        ...options,
        ...(value.byteLength < 1000 && { ifAbsent, ...(ifMatch !== undefined && { ifMatch }) }),
      }),
  })),
  lyingDriver('says that a conflict passes', ['W9', 'W10'], ['C5'], driver => ({
    set(key, value, options) {
      try {
        return driver.set(key, value, options)
      } catch (error) {
        if (!isStoreError(error, 'Conflict')) throw error
        throw new StoreError('Conflict', error.detail, { retryable: true })
      }
    },
  })),
  lyingDriver('replaces an empty value when it renames with ifAbsent', ['N1'], [], (_, place) => ({
    rename(from, to, options) {
      const empty = from !== to && place.entries.get(to)?.value.byteLength === 0
      return moved(place, from, to, empty ? {} : options)
    },
  })),
  lyingDriver('deletes before a batch is refused', ['W13'], ['N2'], (driver, place) => ({
    batch(changes, options) {
      assertUp(place)
      for (const change of changes) if ('delete' in change) place.entries.delete(change.delete)
      void driver.setMany(
        changes.flatMap(change => ('set' in change ? [[change.set, change.value] as const] : [])),
        options,
      )
    },
  })),
  lyingDriver('shows a batch of changes one by one', ['W13'], [], (_, place) => ({
    async batch(changes) {
      assertUp(place)
      for (const change of changes) if ('set' in change) assertTaken(place, change.set)
      for (const change of changes) {
        if ('set' in change) store(place, change.set, change.value)
        else place.entries.delete(change.delete)
        await turn()
      }
    },
  })),
]

const kept = new WeakMap<Place, Map<string, unknown>>()

/** What a lie keeps for all stores on a place. */
export function keptAt<T>(place: Place): Map<string, T> {
  const map = kept.get(place) ?? new Map<string, unknown>()
  kept.set(place, map)
  return map as Map<string, T>
}

/** The stat of the honest driver, which answers at once. */
export function statOf(driver: HonestDriver, ...given: Parameters<HonestDriver['stat']>) {
  return driver.stat(...given) as Exclude<ReturnType<HonestDriver['stat']>, Promise<unknown>>
}

/** Moves an entry in one step. */
export function moved(
  place: Place,
  from: string,
  to: string,
  options: Parameters<typeof assertCondition>[1],
): boolean {
  assertUp(place)
  const entry = place.entries.get(from)
  if (entry === undefined) return false
  assertCondition(place.entries.get(to), options)
  if (from === to) return true
  assertTaken(place, to)
  store(place, to, entry.value)
  place.entries.delete(from)
  return true
}

function setVersion(place: Place, key: string, version: number | undefined): void {
  const entry = place.entries.get(key)
  if (entry !== undefined && version !== undefined) place.entries.set(key, { ...entry, version })
}

/** Versions that count the writes of each key instead of all writes. */
function countedByKey(
  driver: HonestDriver,
  place: Place,
): Pick<HonestDriver, 'set' | 'setMany' | 'writeStream'> {
  const versions = keptAt<number>(place)
  const count = (key: string) => {
    versions.set(key, (versions.get(key) ?? 0) + 1)
    setVersion(place, key, versions.get(key))
  }
  return {
    set(key, value, options) {
      assertUp(place)
      assertCondition(place.entries.get(key), options)
      assertTaken(place, key)
      store(place, key, value)
      count(key)
    },
    setMany(batch, options) {
      void driver.setMany(batch, options)
      for (const [key] of batch) count(key)
    },
    async writeStream(key, chunks, options) {
      await driver.writeStream(key, chunks, options)
      count(key)
    },
  }
}
