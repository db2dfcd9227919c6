import type { MaybePromise } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printKey, printValue } from '../print-key.ts'
import type { AnyReader, AnyStore, Like, Reader, ReadOptions } from '../store.ts'
import { own } from '../view/calls.ts'
import { invalid } from '../view/options.ts'
import { viewBehind } from '../view/over.ts'
import { belowMethods } from './below.ts'
import { asked } from './guarding/asked.ts'
import { refusing } from './guarding/refusing.ts'
import { sameValue } from './guarding/same-value.ts'
import { layer } from './layer.ts'

export interface ContentAddressedOptions {
  /**
   * What makes the key of bytes: an algorithm of the platform's Web Crypto, whose hash is written in hexadecimal digits, or
   * a function.
   * @default 'SHA-256'
   */
  hash?: 'SHA-256' | 'SHA-384' | 'SHA-512' | ((bytes: Uint8Array) => MaybePromise<string>) | undefined
}

/** What {@link contentAddressed} adds to a store. */
export interface ContentAddressed {
  /** Stores bytes, unless they are there, and gives their key. Rejects as `set` does. */
  add(bytes: Uint8Array, options?: ReadOptions): Promise<string>
}

const ALGORITHMS = ['SHA-256', 'SHA-384', 'SHA-512']

const OPTIONS = {
  hash: option<unknown>(
    `${ALGORITHMS.map(name => `'${name}'`).join(', ')} or a function`,
    value => ALGORITHMS.includes(value as string) || typeof value === 'function',
  ),
}

/**
 * A store of bytes under the hash of their content: equal bytes are stored once, `set` under another key rejects
 * `InvalidKey`, and bytes that do not have the hash of their key any more reject `Corrupt` when they are read. Adding what
 * is there reads it, and mends it where it is damaged. What is not such an entry but lies in the store is listed, and
 * rejects `Corrupt`.
 *
 * Hashing needs whole values, so streams and ranges are collected in memory.
 *
 * @example
 * ```ts
 * const blobs = contentAddressed(files('blobs'))
 * const key = await blobs.add(bytes)
 * ```
 */
export function contentAddressed<S extends Reader<string, Uint8Array>>(
  store: S,
  options?: ContentAddressedOptions,
): Like<S> & ContentAddressed {
  const { hash = 'SHA-256' } = settingsOf('contentAddressed', OPTIONS, options) as ContentAddressedOptions
  const view = viewBehind(store)
  const below = belowMethods(store as unknown as AnyStore)
  const keyOf = hasher(hash)
  const { conditions } = view.guarantees
  const guarded = conditions.includes('ifAbsent')

  const made = layer<AnyReader>(
    store,
    'contentAddressed',
    {
      get: async (key, options) => {
        const bytes = (await below.get(key, options)) as Uint8Array | undefined
        if (bytes === undefined || (await keyOf(bytes)) === key) return bytes
        throw new StoreError('Corrupt', 'the bytes do not have the hash that is their key')
      },
      has: 'below',
      stat: 'below',
      set: async (key, value: Uint8Array, options) => {
        await assertKey(key, value)
        await put(key as string, value, options)
      },
      watch: 'below',
      pathOf: 'below',
      urlOf: 'below',
      writeOptions: view.source.driver.writeOptions ?? [],
    },
    // No value is ever replaced by another.
    { conditions: conditions.filter(condition => condition !== 'ifMatch') },
  )
  const known = refusing(made, (key, value) =>
    value === undefined ? undefined : assertKey(key, value as Uint8Array),
  )
  return Object.assign(known as AnyReader as Like<S>, { add })

  function add(bytes: Uint8Array, options?: ReadOptions): Promise<string> {
    return viewBehind(made).run('add', undefined, bytes, options, async (view, _, value, how) => {
      const copy = own(view, value, {}, false) as Uint8Array
      const key = await keyOf(copy)
      await (made as AnyStore).set(key, copy, { ...how, transfer: true })
      return key
    })
  }

  async function assertKey(key: unknown, value: Uint8Array): Promise<void> {
    const wanted = await keyOf(value)
    if (key !== wanted)
      throw new StoreError(
        'InvalidKey',
        `the key of these bytes is ${printKey(wanted)}; add(bytes) stores them under it`,
        { reason: 'wrong-hash' },
      )
  }

  /** Stores bytes whose key is right, unless they are there. */
  async function put(key: string, value: Uint8Array, options: object): Promise<void> {
    const { ifAbsent, signal } = options as { ifAbsent?: boolean; signal?: AbortSignal }
    const how = signal === undefined ? {} : { signal }
    try {
      if (guarded) return await below.set(key, value, { ...options, ifAbsent: true })
      if (!(await below.has(key, how))) return await below.set(key, value, options)
    } catch (error) {
      if (!isStoreError(error, 'Conflict') || ifAbsent === true) throw error
    }
    if (!sameValue(await below.get(key, how), value)) await below.set(key, value, options)
  }
}

function hasher(hash: NonNullable<ContentAddressedOptions['hash']>): (bytes: Uint8Array) => Promise<string> {
  if (typeof hash === 'string')
    return async bytes =>
      hex(new Uint8Array(await crypto.subtle.digest(hash, bytes as Uint8Array<ArrayBuffer>)))
  return async bytes => {
    const key = await asked<unknown>('hash of contentAddressed', () => hash(bytes))
    if (typeof key === 'string') return key
    throw invalid(`hash of contentAddressed gives a string, not ${printValue(key)}`)
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
