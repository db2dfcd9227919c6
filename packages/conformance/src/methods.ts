import { batch, getWithStat, readRange, readStream, remove, writeStream } from '@kvdol/core'
import { utf8 } from './bytes.ts'
import { collect } from './collect.ts'
import { isOfCore } from './is-of-core.ts'
import type { ByteStore } from './subject.ts'

/** A way to name one key to a store. */
export interface Method {
  readonly name: string
  readonly writes: boolean
  readonly call: (key: string, options?: { signal: AbortSignal }) => Promise<unknown>
}

const VALUE = utf8('from every method')

/**
 * Every method and function that takes a key, called with one key. Functions of core cannot know what a store of another
 * maker refuses.
 */
export function methodsOf(store: ByteStore): Method[] {
  const methods = [
    read('get', (key, options) => store.get(key, options)),
    read('getOrThrow', (key, options) => store.getOrThrow(key, options)),
    read('has', (key, options) => store.has(key, options)),
    read('stat', (key, options) => store.stat(key, options)),
    read('getMany', (key, options) => collect(store.getMany([key], options))),
    read('readStream', (key, options) => readStream(store, key, options)),
    read('readRange', (key, options) => readRange(store, key, { start: 0, ...options })),
    read('getWithStat', (key, options) => getWithStat(store, key, options)),
    write('set', (key, options) => store.set(key, VALUE, options)),
    write('delete', (key, options) => store.delete(key, options)),
    write('setMany', (key, options) => store.setMany([[key, VALUE]], options)),
    write('deleteMany', (key, options) => store.deleteMany([key], options)),
    write('remove', (key, options) => remove(store, key, options)),
    write('batch', (key, options) => batch(store, [{ set: key, value: VALUE }], options)),
    write('writeStream', (key, options) => writeStream(store, key, [VALUE], options)),
  ]
  return isOfCore(store) ? methods : methods.filter(({ name }) => !OF_CORE.includes(name))
}

const OF_CORE = ['getWithStat', 'remove', 'batch']

function read(name: string, call: Method['call']): Method {
  return { name, writes: false, call }
}

function write(name: string, call: Method['call']): Method {
  return { name, writes: true, call }
}
