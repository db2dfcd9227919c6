import type { DriverWriteOptions, MaybePromise } from '../../driver.ts'
import { StoreError } from '../../error.ts'
import type { AnyReader, ReadOptions, Stat } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { atOnce } from '../../view/at-once.ts'
import { stat, visible } from '../../view/calls.ts'
import { viewBehind } from '../../view/over.ts'
import { whenReady } from '../../when-ready.ts'
import { heightOf } from './standing.ts'
import { maybeTombstone, type Tombstone, tombstoneAt } from './tombstone.ts'

/** What the top of an overlay holds at a key: a value, the mark of a deletion, or nothing. */
interface OnTop {
  readonly deleted: boolean
  readonly stat: Stat
}

/** The store on top of an overlay, with deletions marked below its value codecs. */
export interface Top {
  readonly view: AnyView
  /** How many overlays it stands on. */
  readonly height: number
  /** What marks a deletion. */
  readonly mark: Tombstone
  /** The value, and whether a deletion is marked there; at once where the driver answers at once. */
  read(key: unknown, options: ReadOptions): MaybePromise<{ value: unknown; deleted: boolean }>
  /** What is there, without decoding it. */
  look(key: unknown, options: ReadOptions): MaybePromise<OnTop | undefined>
  write(key: unknown, value: unknown, options: DriverWriteOptions): MaybePromise<void>
  markDeleted(key: unknown, options: DriverWriteOptions): MaybePromise<void>
}

export function topOf(store: AnyReader): Top {
  const view = viewBehind(store)
  const { mapping, source } = view
  const height = heightOf(view)
  const mark = tombstoneAt(height)
  return {
    view,
    height,
    mark,
    read(key, options) {
      const seen = { options, deleted: false }
      return whenReady(
        atOnce(view, 'get', key, seen, options, () => mapping.read(key, fetchAlive, seen)),
        value => ({ value, deleted: seen.deleted }),
      )
    },
    look: (key, options) => {
      const known = atOnce<Stat | undefined>(view, 'stat', key, undefined, options, stat)
      return whenReady(
        known,
        found => found && whenReady(isMarked(key, found, options), deleted => ({ deleted, stat: found })),
      )
    },
    write: (key, value, options) =>
      atOnce(view, 'set', key, value, options, () => {
        view.check('set', options)
        return mapping.write(key, value, putAlive, options)
      }),
    markDeleted: (key, options) =>
      atOnce(view, 'set', key, undefined, options, () =>
        source.put(visible(view, key), mark.of(source.driver.valueType), options),
      ),
  }

  function fetchAlive(inner: unknown, seen: { readonly options: ReadOptions; deleted: boolean }) {
    return whenReady(source.fetch(inner, seen.options), value => {
      if (!mark.isIt(value)) return value
      seen.deleted = true
      return undefined
    })
  }

  function isMarked(key: unknown, { size }: Stat, options: ReadOptions): MaybePromise<boolean> {
    if (!maybeTombstone(size)) return false
    return whenReady(
      atOnce(view, 'get', key, undefined, options, () => source.fetch(visible(view, key), options)),
      mark.isIt,
    )
  }

  function putAlive(inner: unknown, value: unknown, options: DriverWriteOptions): MaybePromise<void> {
    refuseTombstone(mark, value)
    return source.put(inner, value, options)
  }
}

/** Refuses the one value that the top of an overlay cannot tell from a deletion. */
export function refuseTombstone(mark: Tombstone, value: unknown): void {
  if (mark.isIt(value))
    throw new StoreError('InvalidValue', 'this very value marks deletions in an overlay; store another one')
}
