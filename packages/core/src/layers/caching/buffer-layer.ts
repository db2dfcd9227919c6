import type { Consistency, Range } from '../../driver.ts'
import { resolveRange } from '../../operations/range.ts'
import type { AnyStore, ReadOptions } from '../../store.ts'
import { viewBehind } from '../../view/over.ts'
import { belowMethods } from '../below.ts'
import { flushes } from '../flush.ts'
import { layer } from '../layer.ts'
import { bufferedKeys } from './buffered-listing.ts'
import { type BufferSettings, type Waiting, WriteBuffer } from './write-buffer.ts'

/** A store whose writes wait in a buffer, which everything that reads it looks into first. */
export function bufferLayer(store: AnyStore, settings: BufferSettings): AnyStore {
  const view = viewBehind(store)
  const below = belowMethods(store)
  const buffer = new WriteBuffer(view, settings)
  const isOrdered = view.guarantees.order !== 'none'
  const { writeOptions = [] } = view.source.driver
  const made = layer<AnyStore>(
    store,
    'buffered',
    {
      get: (key, options) => {
        const write = buffer.find(key)
        return write === undefined ? below.get(key, options) : copied(write.value)
      },
      has: (key, options) => {
        const write = buffer.find(key)
        return write === undefined ? below.has(key, options) : write.value !== undefined
      },
      getMany,
      stat: async (key, options) => {
        if (isRemoved(buffer.find(key))) return undefined
        await buffer.settled(key)
        return await below.stat(key, options)
      },
      keys,
      size: async options => {
        if (buffer.isEmpty) return await below.size(options)
        let count = 0
        for await (const _ of keys(options)) count++
        return count
      },
      readStream: async (key, range, options) => {
        const write = buffer.find(key)
        return write === undefined ? await below.readStream(key, range, options) : partOf(write, range)
      },
      set: (key, value, options) =>
        isPlain(options)
          ? buffer.add([{ key, value }])
          : directly([key], () => below.set(key, value, options)),
      delete: (key, options) =>
        isPlain(options) ? buffer.add([removal(key)]) : directly([key], () => below.delete(key, options)),
      setMany: entries => buffer.add(entries.map(([key, value]) => ({ key, value }))),
      deleteMany: keys => buffer.add(keys.map(removal)),
      batch: changes =>
        buffer.add(
          changes.map(each => ('set' in each ? { key: each.set, value: each.value } : removal(each.delete))),
        ),
      remove: (key, options) => directly([key], () => below.remove(key, options)),
      writeStream: (key, chunks, options) => directly([key], () => below.writeStream(key, chunks, options)),
      rename: (from, to, options) => directly([from, to], () => below.rename(from, to, options)),
      writeOptions,
      async close() {
        // What cannot be written waits on, and needs the store.
        await buffer.end()
        await store.close()
      },
    },
    {
      batchAtomic: false,
      durability: 'none',
      // The buffer's own readers see what waits in it; others see it when it has gone.
      readConsistency: session(view.guarantees.readConsistency),
      listConsistency: session(view.guarantees.listConsistency),
      reverse: false,
    },
  )
  flushes.put(made, buffer)
  return made

  function keys(options: object) {
    return bufferedKeys(store, buffer, isOrdered, options)
  }

  async function getMany(keys: readonly unknown[], options: ReadOptions): Promise<unknown[]> {
    const writes = keys.map(key => buffer.find(key))
    const asked = keys.filter((_, index) => writes[index] === undefined)
    const found = (await below.getMany(asked, options)).values()
    return writes.map(write => (write === undefined ? found.next().value : copied(write.value)))
  }

  /** Writes past the buffer, after what waits for the same keys. */
  async function directly<T>(keys: readonly unknown[], write: () => T | Promise<T>): Promise<T> {
    for (const key of keys) await buffer.settled(key)
    return await write()
  }

  /** Whether a write says nothing but what to write, so that it can wait. */
  function isPlain(options: { ifAbsent?: unknown; ifMatch?: unknown }): boolean {
    const { ifAbsent, ifMatch } = options
    if (ifAbsent === true || ifMatch !== undefined) return false
    return writeOptions.every(name => (options as Record<string, unknown>)[name] === undefined)
  }
}

function session(below: Consistency): Consistency {
  return below === 'strong' ? 'session' : below
}

function removal(key: unknown): Waiting {
  return { key, value: undefined }
}

function isRemoved(write: Waiting | undefined): boolean {
  return write !== undefined && write.value === undefined
}

/** The caller's own. */
function copied(value: unknown): unknown {
  return value instanceof Uint8Array ? value.slice() : value
}

function partOf({ value }: Waiting, range: Range | undefined): AsyncIterable<Uint8Array> | undefined {
  if (value === undefined) return undefined
  const bytes = value as Uint8Array
  const { start, end } = resolveRange(range, bytes.byteLength)
  return single(bytes.slice(start, end))
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.byteLength > 0) yield bytes
}
