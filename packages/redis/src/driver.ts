import type { Guarantees, WritableDriver } from '@kvdol/core'
import { serverOf } from './connection/server.ts'
import type { Context } from './context.ts'
import { errorOf } from './errors.ts'
import { listKeys } from './listing/keys.ts'
import type { Settings } from './options.ts'
import { readMany } from './reading/many.ts'
import { hasValue, readRange, readStat, readValue, readWithStat } from './reading/value.ts'
import { watchKeys } from './watching/watch-keys.ts'
import { WRITE_OPTIONS } from './writing/end.ts'
import { removeMany, writeMany } from './writing/many.ts'
import { moveValue, removeValue, writeValue } from './writing/value.ts'

/** The driver of the strings in a database; nothing is sent before its first call. */
export function redisDriver(settings: Settings): WritableDriver<string, Uint8Array> {
  const { prefix, from, onForeign, allowClear } = settings
  const server = serverOf(settings)
  const context: Context = { server, prefix, onForeign }
  const name = (key: string) => prefix + key
  const renames = server.together
  return {
    name: 'redis',
    errorOf,
    secrets: () => ('address' in from ? from.address.secrets : []),
    guarantees: GUARANTEES,
    sharedRoot: prefix === '' && !allowClear,
    writeOptions: Object.keys(WRITE_OPTIONS),
    onIllegalKey: key => onForeign?.({ key: String(key), type: 'string' }),
    get: (key, { signal }) => readValue(context, name(key), signal),
    has: (key, { signal }) => hasValue(context, name(key), signal),
    stat: (key, { signal }) => readStat(context, name(key), signal),
    getMany: (keys, { signal }) => readMany(context, keys.map(name), signal),
    getWithStat: (key, { signal }) => readWithStat(context, name(key), signal),
    readStream: (key, range, { signal }) => readRange(context, name(key), range, signal),
    keyPages: listing => listKeys(context, listing),
    watch: options => watchKeys(context, options),
    set: (key, value, options) => writeValue(context, name(key), value, options),
    delete: async (key, options) => void (await removeValue(context, name(key), options)),
    remove: (key, options) => removeValue(context, name(key), options),
    async setMany(entries, { signal }) {
      const named = entries.map(([key, value]) => [name(key), value] as const)
      return keyed(await writeMany(context, named, signal))
    },
    deleteMany: async (keys, { signal }) => keyed(await removeMany(context, keys.map(name), signal)),
    ...(renames && { rename: (from, to, options) => moveValue(context, name(from), name(to), options) }),
    close: () => server.close(),
  }

  /** Failures by the keys of the store. */
  function keyed(failures: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
    return new Map([...failures].map(([named, error]) => [named.slice(prefix.length), error]))
  }
}

/** What is written is as safe as the server is set up to keep it, which no client can tell. */
const GUARANTEES: Partial<Guarantees> = {
  conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
  durability: 'none',
  maxValueBytes: 512 * 1024 * 1024,
  multiProcess: true,
}
