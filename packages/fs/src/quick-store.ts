import path from 'node:path'
import { structured } from '@kvdol/codecs/structured'
import type { AnyStore, Store } from '@kvdol/core'
import {
  encodedKeys,
  jsonValues,
  mapValues,
  oneOf,
  pipe,
  settingsOf,
  text,
  textValues,
} from '@kvdol/core/adapter'
import { files } from './files.ts'
import { applicationName } from './place/application-name.ts'
import { dataFolder } from './place/data-folder.ts'

export interface QuickStoreOptions<Values extends QuickValues = QuickValues> {
  /**
   * What values are: anything that `structuredClone` takes, JSON, strings, or bytes. Each kind has a folder of its own.
   * @default 'structured'
   */
  values?: Values | undefined
  /**
   * Where the values are kept.
   * @default a folder of the application in the user's folder for application data
   */
  root?: string | undefined
}

const OPTIONS = {
  values: oneOf('structured', 'json', 'text', 'bytes').or('structured'),
  root: text,
}

export type QuickValues = 'structured' | 'json' | 'text' | 'bytes'

/** A store that tells where its values are. */
export type QuickStore<V> = Store<string, V> & {
  /** The absolute path of the folder. */
  readonly root: string
}

/**
 * A store that needs no decisions: any legal key, any plain value, in a folder of the application that is made by the
 * first write. `name` is that of the application, by default the name of the package whose script runs.
 *
 * @example
 * ```ts
 * const store = quickStore('my-app')
 * await store.set('last run', { at: new Date(), tags: new Set(['a']) })
 * console.log(store.root)
 * ```
 */
export function quickStore(
  name: string | undefined,
  options: QuickStoreOptions<'bytes'> & { values: 'bytes' },
): QuickStore<Uint8Array>
export function quickStore(
  name: string | undefined,
  options: QuickStoreOptions<'text'> & { values: 'text' },
): QuickStore<string>
export function quickStore<V = unknown>(
  name?: string,
  options?: QuickStoreOptions<'structured' | 'json'>,
): QuickStore<V>
export function quickStore(
  name: string = applicationName(),
  options: QuickStoreOptions = {},
): AnyStore & { readonly root: string } {
  if (typeof name !== 'string' || name === '' || !name.isWellFormed())
    throw new TypeError('quickStore: the name is that of the application')
  const { values, root = defaultRoot(name, values) } = settingsOf('quickStore', OPTIONS, options)
  const bytes = files(root, { keys: 'encoded', allowClear: true })
  return Object.assign(valuesOf(bytes, values), { root: path.resolve(root) })
}

function valuesOf(bytes: Store<string, Uint8Array>, values: QuickValues): Store<string, unknown> {
  switch (values) {
    case 'structured':
      return pipe(bytes, mapValues(structured<unknown>()))
    case 'json':
      return pipe(bytes, jsonValues())
    case 'text':
      return pipe(bytes, textValues()) as Store<string, unknown>
    case 'bytes':
      return bytes as Store<string, unknown>
  }
}

/** Names of applications, such as `@scope/name`, are folder names once they are encoded like keys. */
function defaultRoot(name: string, values: QuickValues): string {
  return path.join(
    dataFolder(process.platform, process.env),
    encodedKeys.encode(name).slice(0, -1),
    `kvdol-${values}`,
  )
}
