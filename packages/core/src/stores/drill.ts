import { createStore } from '../create-store.ts'
import { StoreError } from '../error.ts'
import { text } from '../options/kinds.ts'
import { type OptionsOf, settingsOf } from '../options/settings-of.ts'
import type { Reader } from '../store.ts'
import { viewBehind } from '../view/over.ts'

const OPTIONS = {
  /**
   * What stands between the key and the names inside the value.
   * @default ':'
   */
  separator: text.or(':'),
}

export type DrillOptions = OptionsOf<typeof OPTIONS>

/**
 * Reads into nested values by longer keys, as configurations are read: `app.json:server:port` is `server.port` of the
 * value at `app.json`. Names are own fields and array indices only. The plain keys are listed; nothing can be written
 * through it, so that no setting is changed by a typo: write the whole value to the store under it.
 *
 * @example
 * ```ts
 * const config = drill(jsonFiles('config'))
 * const port = await config.get('app.json:server:port')
 * ```
 */
export function drill(store: Reader<string, unknown>, options?: DrillOptions): Reader<string, unknown> {
  viewBehind(store)
  const { separator } = settingsOf('drill', OPTIONS, options)
  return createStore<string, unknown>({
    name: 'drill',
    valueType: 'any',
    keys: options => store.keys(options),
    async get(key, options) {
      const [name = '', ...path] = key.split(separator)
      if (name === '') throw new StoreError('InvalidKey', `the key begins with the separator ${separator}`)
      return path.reduce(field, await store.get(name, options))
    },
    set: refuse,
    delete: refuse,
  })
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  // Lists have a length of their own as well.
  if (Array.isArray(value) && name === 'length') return undefined
  return (value as Record<string, unknown>)[name]
}

function refuse(): never {
  throw new StoreError(
    'ReadOnly',
    'settings are only read here: change the whole value in the store under `drill`',
  )
}
