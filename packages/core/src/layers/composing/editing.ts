import type { ValueCodec } from '../../codec.ts'
import type { MaybePromise } from '../../driver.ts'
import { isStoreError, StoreError } from '../../error.ts'
import { guarantees } from '../../operations/guarantees.ts'
import { update } from '../../operations/update.ts'
import type { AnyReader, AnyStore } from '../../store.ts'
import { aborted } from '../../view/abort.ts'
import { decodeValue } from '../../view/fold.ts'
import { viewBehind } from '../../view/over.ts'
import { userFailure } from '../../view/user-failure.ts'
import { whenReady } from '../../when-ready.ts'
import { refuse } from '../guarding/refuse.ts'
import { copied, type Edit, editedAt } from './paths.ts'

/** A value codec that can also change a stored value in place, so that what else is in it stays: comments, layout. */
export interface EditingCodec<Outer, Inner, K = unknown> extends ValueCodec<Outer, Inner, K> {
  /**
   * The stored value after these edits, in their order. `outer` is what it has to decode to then, for a codec that cannot
   * make one of them in place. Throws as `encode` does.
   */
  readonly edit?: (inner: Inner, edits: readonly Edit[], outer: Outer, key: K) => MaybePromise<Inner>
}

/** What somebody wants to change in a value: the edits that follow from what is there. Throws to refuse. */
interface Request {
  plan(current: unknown): readonly Edit[]
  readonly signal?: AbortSignal | undefined
}

export interface Editing {
  /** Resolves when the edits of the request are stored. */
  submit(key: unknown, request: Request): Promise<void>
  /** Throws what the request would be refused for; nothing is written. */
  rehearse(key: unknown, request: Request): Promise<void>
}

export interface EditingSettings {
  readonly store: AnyStore
  /** Between the stored value and what is edited; without it values are edited as they are. */
  readonly values?: EditingCodec<unknown, unknown> | undefined
  /** Writes without a condition where the store has none. */
  readonly unguarded: boolean
}

interface Waiting extends Request {
  resolve(): void
  reject(error: unknown): void
}

/**
 * Edits values of a store. Each write is one `update`, so that nobody's write is lost; all requests for one key that wait
 * at a time become one write, of which each succeeds or fails by itself.
 */
export function editing(settings: EditingSettings): Editing {
  const { store } = settings
  const view = viewBehind(store)
  const queues = new Map<unknown, Waiting[]>()

  return {
    rehearse,
    submit: (key, request) =>
      new Promise<void>((resolve, reject) => {
        assertGuarded(settings)
        const id = view.identity(key)
        const queue = queues.get(id)
        const waiting = { plan: request.plan, signal: request.signal, resolve, reject }
        if (queue !== undefined) return void queue.push(waiting)
        const first = [waiting]
        queues.set(id, first)
        void drain(key, id, first)
      }),
  }

  async function rehearse(key: unknown, { plan, signal }: Request): Promise<void> {
    const options = signal === undefined ? {} : { signal }
    const stored = await store.get(key, options)
    let current = await decoded(settings, stored, key)
    const edits = plan(current)
    for (const edit of edits) current = editedAt(current, edit)
    const next = edits.length === 0 ? undefined : await encoded(settings, stored, current, edits, key)
    await refuse(view, key, next, options)
  }

  async function drain(key: unknown, id: unknown, first: readonly Waiting[]): Promise<void> {
    // What is asked for in one go is written in one go.
    await Promise.resolve()
    let batch = first
    while (batch.length > 0) {
      const next: Waiting[] = []
      queues.set(id, next)
      await commit(settings, key, batch)
      batch = next
    }
    queues.delete(id)
  }
}

/** Whether a part of a value can be written without losing what another writer changes in the same value. */
export function isGuarded(store: AnyReader): boolean {
  const { conditions } = guarantees(store)
  return conditions.includes('ifAbsent') && conditions.includes('ifMatch')
}

function assertGuarded({ store, unguarded }: EditingSettings): void {
  if (unguarded || isGuarded(store)) return
  throw new StoreError(
    'Unsupported',
    'a part of a value is written under ifMatch, which the store below cannot do; give { unguarded: true } if nobody else writes there',
  )
}

/** Writes what the requests want by one write, and settles them; never rejects. */
async function commit(settings: EditingSettings, key: unknown, batch: readonly Waiting[]): Promise<void> {
  const alive = batch.filter(({ signal, reject }) => {
    if (signal?.aborted) reject(aborted(signal))
    return !signal?.aborted
  })
  if (alive.length === 0) return
  let refused = new Map<Waiting, unknown>()
  try {
    await written(settings.store, key, async stored => {
      refused = new Map()
      const edits: Edit[] = []
      let current = await decoded(settings, stored, key)
      for (const request of alive) {
        try {
          const planned = request.plan(current)
          for (const edit of planned) current = editedAt(current, edit)
          edits.push(...planned)
        } catch (error) {
          refused.set(request, error)
        }
      }
      return edits.length === 0 ? undefined : await encoded(settings, stored, current, edits, key)
    })
    for (const request of alive) {
      if (refused.has(request)) request.reject(refused.get(request))
      else request.resolve()
    }
  } catch (error) {
    // A value of one of them may be to blame, which the others must not suffer for.
    if (alive.length > 1 && isStoreError(error, 'InvalidValue', 'InvalidKey', 'TooLarge'))
      for (const request of alive) await commit(settings, key, [request])
    else for (const request of alive) request.reject(error)
  }
}

/** Stores what `change` makes of the stored value. */
async function written(
  store: AnyStore,
  key: unknown,
  change: (stored: unknown) => Promise<unknown>,
): Promise<void> {
  if (isGuarded(store)) return void (await update(store, key, change))
  const next = await change(await store.get(key))
  if (next !== undefined) await store.set(key, next)
}

function decoded({ values }: EditingSettings, stored: unknown, key: unknown): MaybePromise<unknown> {
  if (stored === undefined) return undefined
  // A copy, as the store may hold the very object that it gave, and a codec may give one object for two places.
  return whenReady(values === undefined ? stored : decodeValue(values, stored, key), value => copied(value))
}

async function encoded(
  { values }: EditingSettings,
  stored: unknown,
  current: unknown,
  edits: readonly Edit[],
  key: unknown,
): Promise<unknown> {
  if (values === undefined) return current
  try {
    return stored === undefined || values.edit === undefined
      ? await values.encode(current, key)
      : await values.edit(stored, edits, current, key)
  } catch (error) {
    throw userFailure('InvalidValue', 'the value cannot be encoded', error)
  }
}
