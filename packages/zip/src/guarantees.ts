import type { Guarantees, Store } from '@kvdol/core'
import { guarantees } from '@kvdol/core/adapter'
import type { Settings } from './options.ts'
import type { Place } from './places/place.ts'
import { isGuarded, type StoredArchive } from './places/store-place.ts'
import { rejectsOf } from './writing/check-name.ts'

/** What an archive promises, which depends on where it lies. */
export function guaranteesOf(source: unknown, place: Place, settings: Settings): Partial<Guarantees> {
  const { entryBytes } = settings.limits
  const consistency = settings.autoFlush ? 'strong' : 'session'
  const shared: Partial<Guarantees> = {
    maxValueBytes: Number.isFinite(entryBytes) ? entryBytes : null,
    readConsistency: consistency,
    listConsistency: consistency,
  }
  if (place.replace === undefined) return shared
  const { store } = Object(source) as Partial<StoredArchive<Store<never, Uint8Array>>>
  const guarded = settings.autoFlush && (store === undefined || isGuarded(store))
  return {
    ...shared,
    durability: settings.autoFlush ? durabilityOf(store, settings) : 'none',
    batchAtomic: true,
    conditions: guarded ? ['ifAbsent', 'ifMatch', 'deleteIfMatch'] : [],
    multiProcess: guarded && (store === undefined || guarantees(store).multiProcess),
    rejects: rejectsOf(settings),
  }
}

function durabilityOf(
  store: Store<never, Uint8Array> | undefined,
  { sync }: Settings,
): Guarantees['durability'] {
  if (store !== undefined) return guarantees(store).durability
  return sync === 'full' ? 'power-loss' : 'crash'
}
