import { isCodec } from '../assert-codec.ts'
import { createStore } from '../create-store.ts'
import type { DriverListOptions, MaybePromise, WritableDriver } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import { flag } from '../options/kinds.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printKey, printValue, typeName } from '../print-key.ts'
import type { AnyReader, AnyStore, KeyOf, ReadOptions, ValueOf, WithValues, WrittenOf } from '../store.ts'
import { atOnce } from '../view/at-once.ts'
import { read } from '../view/calls.ts'
import { decodeValue } from '../view/fold.ts'
import { viewBehind } from '../view/over.ts'
import { whenReady } from '../when-ready.ts'
import { assertCondition, statOf } from './composing/content-tag.ts'
import { type EditingCodec, editing, isGuarded } from './composing/editing.ts'
import { copied, type Edit, hasFields, valueAt } from './composing/paths.ts'
import { madeOf } from './composing/standing.ts'
import { refusing } from './guarding/refusing.ts'

/** The value of which {@link fields} shows the fields. */
export interface FieldsPlace<S extends AnyReader, T> {
  /** Where the value lies. */
  readonly store: S
  /** Its key there. */
  readonly key: KeyOf<S>
  /** How it is stored: JSON, YAML, TOML. @default as the store gives it */
  readonly values?: EditingCodec<T, WrittenOf<S>, KeyOf<S>> | undefined
  /**
   * Writes also to a store without conditions; what others write to the value meanwhile may be lost.
   * @default false
   */
  readonly unguarded?: boolean | undefined
}

/** The names of the fields of `T`, where they are known. */
export type FieldName<T> = T extends Readonly<Record<string, unknown>> ? Extract<keyof T, string> : string

/** What the fields of `T` hold, where that is known. */
export type FieldValue<T> =
  T extends Readonly<Record<string, unknown>> ? T[Extract<keyof T, string>] : unknown

const OPTIONS = {
  store: option<AnyReader>('a store', () => true),
  key: option<unknown>('a key', () => true),
  values: option<EditingCodec<unknown, unknown>>('a value codec: { decode, encode }', isCodec),
  unguarded: flag.or(false),
}

/**
 * One value as a store of its fields: `path` leads to the object of which they are, from the top of the value. A value that
 * is absent, or `null`, has no fields yet, and is made by the first `set`.
 *
 * Each read reads the value. Each write is one `update` of it, under `ifMatch`, so that processes that write different
 * fields lose nothing; a batch is one write, all or nothing, and so are single writes that are asked for at the same time.
 * A codec with `edit` (`yaml()`) changes the stored value in place and keeps its comments; others write it anew. Etags of
 * fields are their content. Closing it closes the store, unless that was given by `shared`.
 *
 * Rejects `Incompatible` for a value that is no object, and `Unsupported` for writes where the store has no conditions,
 * unless `unguarded`.
 *
 * @example
 * ```ts
 * const settings = fields({ store: pipe(files('.'), textValues()), key: 'app.yaml', values: yaml() }, ['server'])
 * await settings.set('port', 8080)
 * ```
 */
export function fields<S extends AnyReader, T = ValueOf<S>>(
  place: FieldsPlace<S, T>,
): WithValues<S, FieldValue<T>, FieldName<T>>
export function fields<S extends AnyReader, T = ValueOf<S>>(
  place: FieldsPlace<S, T>,
  path: readonly string[],
): WithValues<S, unknown, string>
export function fields(place: FieldsPlace<AnyReader, unknown>, path: readonly string[] = []): AnyReader {
  const { store, key, values, unguarded } = settingsOf('fields', OPTIONS, place as object)
  const view = viewBehind(store as AnyReader)
  assertPath(path)
  assertKey(store as AnyReader, key)
  const { submit, rehearse } = editing({ store: store as AnyStore, values, unguarded })
  const where = path.length === 0 ? '' : ` at ${printKey(path)}`

  const driver: WritableDriver<string, unknown> = {
    name: `fields of ${printKey(key)}${where}`,
    valueType: 'any',
    listsOnce: true,
    guarantees: {
      ...view.guarantees,
      order: 'none',
      reverse: false,
      conditions: isGuarded(store as AnyReader) ? ['ifAbsent', 'ifMatch', 'deleteIfMatch'] : [],
      batchAtomic: view.mapping.writable,
      maxKeyBytes: 1024,
      maxValueBytes: null,
      rejects: [],
    },
    get: (name, options) => whenReady(all(options), record => fieldOf(record, name)),
    has: (name, options) => whenReady(all(options), record => fieldOf(record, name) !== undefined),
    stat: (name, options) => whenReady(all(options), record => statOf(fieldOf(record, name))),
    async *keyPages(options) {
      yield namesOf(await ofNoField(() => all(options)), options)
    },
    async *entryPages(options) {
      const record = await ofNoField(() => all(options))
      yield namesOf(record, options).map(name => [name, record[name]] as const)
    },
    getMany: async (names, options) => {
      const record = await ofNoField(() => all(options))
      return names.map(name => fieldOf(record, name))
    },
    set: (name, value, options) => {
      const edit = editOf(name, copied(value))
      return change(options, record => {
        assertCondition(fieldOf(record, name), options)
        return [edit]
      })
    },
    delete: (name, options) =>
      change(options, record => {
        assertCondition(fieldOf(record, name), options)
        return fieldOf(record, name) === undefined ? [] : [editOf(name, undefined)]
      }),
    setMany: (entries, options) => {
      const edits = entries.map(([name, value]) => editOf(name, copied(value)))
      return ofNoField(() => change(options, () => edits))
    },
    deleteMany: async (names, options) => {
      const plan = (record: Record<string, unknown>) =>
        names.filter(name => fieldOf(record, name) !== undefined).map(name => editOf(name, undefined))
      await ofNoField(() => change(options, plan))
    },
    rename: async (from, to, options) => {
      let found = false
      await change(options, record => {
        const value = fieldOf(record, from)
        found = value !== undefined
        if (!found) return []
        assertCondition(fieldOf(record, to), options)
        return from === to ? [] : [editOf(to, value), editOf(from, undefined)]
      })
      return found
    },
    close: () => (store as AnyReader).close(),
  }
  const { set, delete: remove, setMany, deleteMany, rename, ...reading } = driver
  const shown = view.mapping.writable ? driver : reading
  const made = madeOf(createStore(shown as WritableDriver<string, unknown>, { allowTornReads: true }), [view])
  return refusing(made, (name, value, { signal }) => {
    const plan = planned(() => (value === undefined ? [] : [editOf(name as string, copied(value))]))
    return rehearse(key, { plan, signal })
  })

  function all(options: ReadOptions): MaybePromise<Record<string, unknown>> {
    const how = options.signal && { signal: options.signal }
    return whenReady(atOnce(view, 'get', key, undefined, how ?? {}, read), stored =>
      whenReady(
        stored === undefined || values === undefined ? stored : decodeValue(values, stored, key),
        whole => recordAt(whole, path),
      ),
    )
  }

  function editOf(name: string, value: unknown): Edit {
    return { path: [...path, name], value }
  }

  function change(
    { signal }: ReadOptions,
    plan: (record: Record<string, unknown>) => readonly Edit[],
  ): Promise<void> {
    return submit(key, { plan: planned(plan), signal })
  }

  /** The edits of the whole value for those of the object at the path. */
  function planned(plan: (record: Record<string, unknown>) => readonly Edit[]) {
    return (whole: unknown): readonly Edit[] => {
      const edits = plan(recordAt(whole, path))
      // What is `null` on the way becomes an object when it gets fields.
      const depth = [...path, ''].findIndex((_, index) => valueAt(whole, path.slice(0, index)) === null)
      return depth < 0 || edits.length === 0 ? edits : [{ path: path.slice(0, depth), value: {} }, ...edits]
    }
  }
}

/** A failure of the whole value names its key in the store below, which is none of a field. */
async function ofNoField<T>(work: () => MaybePromise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isStoreError(error) ? error.with({ key: undefined }) : error
  }
}

function assertPath(path: unknown): void {
  if (!Array.isArray(path) || !path.every(name => typeof name === 'string'))
    throw new TypeError(`fields: the path is a list of names, such as ['server'], not ${printValue(path)}`)
}

function assertKey(store: AnyReader, key: unknown): void {
  const view = viewBehind(store)
  try {
    view.mapping.encode(key)
  } catch (error) {
    throw view.wrap('fields', key, error)
  }
}

/** The object at a path of a value; one without fields where there is nothing. */
function recordAt(whole: unknown, path: readonly string[]): Record<string, unknown> {
  for (let depth = 0; depth <= path.length; depth++) {
    const at = valueAt(whole, path.slice(0, depth))
    if (at === undefined || at === null) return {}
    if (!hasFields(at))
      throw new StoreError(
        'Incompatible',
        `${depth === 0 ? 'the value' : `what is at ${printKey(path.slice(0, depth))}`} is ${typeName(at)}, which has no fields`,
      )
  }
  return valueAt(whole, path) as Record<string, unknown>
}

function fieldOf(record: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function namesOf(record: Record<string, unknown>, { prefix = '' }: DriverListOptions<string>): string[] {
  return Object.keys(record).filter(name => name.startsWith(prefix) && record[name] !== undefined)
}
