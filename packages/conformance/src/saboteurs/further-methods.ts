import type { Child } from '@kvdol/core'
import { watchers } from '@kvdol/core/adapter'
import { compareUtf8Bytes } from '../order.ts'
import { type Place, store } from './honest.ts'
import { lyingDriver, type Saboteur } from './saboteur.ts'

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/** Drivers that lie about one level, about bounds, places and changes, and in what they do in one step. */
export const furtherSaboteurs: readonly Saboteur[] = [
  lyingDriver('leaves out the key at which a listing begins', ['L11'], ['N2'], driver => ({
    async *keys(options) {
      for await (const key of driver.keys(options)) if (key !== options.from) yield key
    },
  })),
  lyingDriver('says that it lists backwards and does not', ['L11'], [], driver => ({
    guarantees: { ...driver.guarantees, reverse: true },
  })),
  lyingDriver('takes a key that others begin with for their folder', ['L12', 'N2'], [], (_, place) => ({
    async *children({ prefix = '' }) {
      const level = levelOf(place, prefix)
      yield level.filter(child => !('key' in child && level.some(other => begins(other, child.key))))
    },
  })),
  lyingDriver('cuts a level at the first slash of all', ['L12', 'N2'], [], (_, place) => ({
    async *children() {
      yield levelOf(place, '')
    },
  })),
  lyingDriver('asks for the stat after the value', ['R8'], ['M2', 'W10'], driver => ({
    async getWithStat(key, options) {
      const value = await driver.get(key, options)
      await turn()
      const stat = await driver.stat(key, options)
      return value && stat && { value, stat }
    },
  })),
  lyingDriver('takes an empty value with its stat for none', ['R8', 'N2'], [], driver => ({
    async getWithStat(key, options) {
      const [value, stat] = [await driver.get(key, options), await driver.stat(key, options)]
      return value?.byteLength && stat ? { value, stat } : undefined
    },
  })),
  lyingDriver('says that it has removed what was not there', ['D6', 'N2'], [], driver => ({
    async remove(key, options) {
      await driver.delete(key, options)
      return true
    },
  })),
  lyingDriver('looks before it removes', ['D6'], [], driver => ({
    async remove(key, options) {
      const was = await driver.has(key, options)
      await turn()
      await driver.delete(key, options)
      return was
    },
  })),
  lyingDriver('forgets the deletes of a batch', ['W13', 'N2'], ['C5'], (_, place) => ({
    batch(changes) {
      for (const change of changes) if ('set' in change) store(place, change.set, change.value)
    },
  })),
  lyingDriver('takes a media type and forgets it', ['W16'], [], () => ({ writeOptions: ['contentType'] })),
  lyingDriver('tells of no delete', ['N13'], [], driver => {
    const { tell, watch } = watchers<string>()
    return {
      watch,
      set: (key, value, options) => {
        void driver.set(key, value, options)
        tell(key)
      },
      setMany: (batch, options) => {
        void driver.setMany(batch, options)
        for (const [key] of batch) tell(key)
      },
    }
  }),
  lyingDriver('says that values lie nowhere in particular', ['N14'], [], () => ({ pathOf: () => '' })),
]

/** One level, as it should be. */
export function levelOf({ entries }: Place, prefix: string): Child[] {
  const texts = new Set<string>()
  for (const key of entries.keys()) {
    if (!key.startsWith(prefix)) continue
    const slash = key.indexOf('/', prefix.length)
    texts.add(slash < 0 ? key : key.slice(0, slash + 1))
  }
  return [...texts]
    .sort(compareUtf8Bytes)
    .map(text => (text.includes('/', prefix.length) ? { prefix: text } : { key: text }))
}

function begins(child: Child, key: string): boolean {
  return 'prefix' in child && child.prefix === `${key}/`
}
