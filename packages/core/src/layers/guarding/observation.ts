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

/** One call that hooks are told of: its beginning when it is made, its end once. */
export class Observation {
  readonly #watch: Watch
  readonly #called: Called
  readonly #contexts: readonly unknown[] | undefined
  readonly #begun: number
  #bytes = 0
  #items: number
  #ended = false

  constructor(watch: Watch, called: Called) {
    this.#watch = watch
    this.#called = called
    this.#items = called.keys?.length ?? 0
    this.#contexts = watch.starts
      ? watch.hooks.map(({ start }) => start && started(start, this.#call()))
      : undefined
    this.#begun = watch.now()
  }

  #call(): ObservedCall {
    const { op, key, keys } = this.#called
    const { store } = this.#watch
    return keys === undefined ? { op: nameOf(op), key, store } : { op, keys, store }
  }

  /** A value that goes to the store. */
  sent(value: unknown): void {
    this.#bytes += lengthOf(value)
  }

  /** An item of a listing: a key, or an entry. */
  came(item: unknown): void {
    this.#items++
    if (Array.isArray(item)) this.#bytes += lengthOf(item[1])
  }

  /** What the call gave: a value, values, or a value with its stat. */
  answered(answer: unknown): void {
    if (answer instanceof Uint8Array) this.#bytes += answer.byteLength
    else if (Array.isArray(answer)) for (const value of answer) this.#bytes += lengthOf(value)
    else if (this.#called.op === 'getWithStat') this.#bytes += lengthOf(Object(answer).value)
  }

  passed(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength
  }

  end(error?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    const { hooks, now, store } = this.#watch
    const { op, key, keys } = this.#called
    const duration = now() - this.#begun
    const bytes = this.#bytes
    const items = this.#items
    // Written out, as it is made for every call.
    const call: ObservedEnd =
      keys === undefined
        ? { op: nameOf(op), key, store, duration, bytes, items, error }
        : { op, keys, store, duration, bytes, items, error }
    const contexts = this.#contexts
    for (let index = 0; index < hooks.length; index++)
      ended((hooks[index] as Hooks).end, call, contexts === undefined ? undefined : contexts[index])
  }
}

/** What users call it. */
function nameOf(op: DriverMethod): string {
  return op === 'entryPages' ? 'entries' : op
}

function lengthOf(value: unknown): number {
  return value instanceof Uint8Array ? value.byteLength : 0
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
