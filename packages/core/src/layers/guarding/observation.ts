import type { DriverMethod } from '../../methods.ts'
import { isPromise } from '../../when-ready.ts'
import type { Called } from './around.ts'
import type { Hooks, ObservedCall, ObservedEnd } from './hooks.ts'

/** Who is told, by which clock, of which store. */
export interface Watch {
  readonly hooks: readonly Hooks[]
  /** Whether any of them is told of the start. */
  readonly starts: boolean
  readonly now: () => number
  readonly store: string
}

/** What the hooks gave at the start of a call; nothing where none of them is told of it. */
export type Contexts = readonly unknown[] | undefined

/** Tells the hooks that a call begins. */
export function tellStart({ hooks, starts, store }: Watch, { op, key, keys }: Called): Contexts {
  if (!starts) return undefined
  const call: ObservedCall = keys === undefined ? { op: nameOf(op), key, store } : { op, keys, store }
  return hooks.map(({ start }) => start && started(start, call))
}

/** Tells the hooks that a call has ended which began at the time `begun`. */
function tellEnd(
  { hooks, now, store }: Watch,
  { op, key, keys }: Called,
  contexts: Contexts,
  begun: number,
  bytes: number,
  items: number,
  error: unknown,
): void {
  const duration = now() - begun
  // Written out, as it is made for every call.
  const call: ObservedEnd =
    keys === undefined
      ? { op: nameOf(op), key, store, duration, bytes, items, error }
      : { op, keys, store, duration, bytes, items, error }
  for (let index = 0; index < hooks.length; index++)
    ended((hooks[index] as Hooks).end, call, contexts === undefined ? undefined : contexts[index])
}

/** Tells the hooks that a call has ended of which the answer, or the error, came at one time. */
export function tellAnswer(
  watch: Watch,
  called: Called,
  contexts: Contexts,
  begun: number,
  answer: unknown,
  error: unknown,
): void {
  const bytes = lengthOf(called.value) + bytesOf(called, answer)
  tellEnd(watch, called, contexts, begun, bytes, called.keys?.length ?? 0, error)
}

/** How many bytes a call gave: a value, values, or a value with its stat. */
function bytesOf({ op }: Called, answer: unknown): number {
  if (answer instanceof Uint8Array) return answer.byteLength
  if (Array.isArray(answer)) return answer.reduce((sum, value) => sum + lengthOf(value), 0)
  return op === 'getWithStat' ? lengthOf(Object(answer).value) : 0
}

function lengthOf(value: unknown): number {
  return value instanceof Uint8Array ? value.byteLength : 0
}

/** A call whose items or chunks are counted while it goes on. Its beginning is told when it is made, its end once. */
export class Observation {
  readonly #watch: Watch
  readonly #called: Called
  readonly #contexts: Contexts
  readonly #begun: number
  #bytes = 0
  #items: number
  #ended = false

  constructor(watch: Watch, called: Called) {
    this.#watch = watch
    this.#called = called
    this.#items = called.keys?.length ?? 0
    this.#contexts = tellStart(watch, called)
    this.#begun = watch.now()
  }

  /** A value or a chunk that went to the store or came from it. */
  passed(value: unknown): void {
    this.#bytes += lengthOf(value)
  }

  /** An item of a listing: a key, or an entry. */
  came(item: unknown): void {
    this.#items++
    if (Array.isArray(item)) this.#bytes += lengthOf(item[1])
  }

  end(error?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    tellEnd(this.#watch, this.#called, this.#contexts, this.#begun, this.#bytes, this.#items, error)
  }
}

/** What users call it. */
function nameOf(op: DriverMethod): string {
  return op === 'entryPages' ? 'entries' : op
}

// The failure of a hook is nobody's.

function started(start: NonNullable<Hooks['start']>, call: ObservedCall): unknown {
  try {
    return harmless(start(call))
  } catch {
    return undefined
  }
}

function ended(end: Hooks['end'], call: ObservedEnd, context: unknown): void {
  try {
    harmless(end?.(call, context))
  } catch {}
}

function harmless(answer: unknown): unknown {
  if (isPromise(answer)) answer.catch(() => {})
  return answer
}
