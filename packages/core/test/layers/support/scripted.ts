import { createStore, memory, type Store } from '../../../src/index.ts'

/** A memory whose methods do what a script says first: throw an error, or run a function in their place. */
export interface Scripted {
  readonly store: Store<string, Uint8Array>
  readonly below: Store<string, Uint8Array>
  /** The methods called so far, with their keys. */
  readonly calls: string[]
  /** What the next calls of a method do instead; `undefined` lets one through. */
  readonly next: Partial<Record<Method, (Error | (() => unknown) | undefined)[]>>
}

type Method = 'get' | 'set' | 'delete' | 'keys' | 'has' | 'stat'

export function scripted({
  order = 'insertion',
  conditions = true,
}: {
  order?: 'insertion' | 'utf8-bytes'
  conditions?: boolean
} = {}): Scripted {
  const below = memory({ order })
  const calls: string[] = []
  const next: Scripted['next'] = {}
  const step = <T>(method: Method, key: unknown, work: () => T): T => {
    calls.push(key === undefined ? method : `${method} ${String(key)}`)
    const instead = next[method]?.shift()
    if (instead instanceof Error) throw instead
    return instead === undefined ? work() : (instead() as T)
  }
  const store = createStore({
    name: 'scripted',
    guarantees: {
      order: order === 'insertion' ? 'none' : order,
      ...(conditions && { conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'] }),
    },
    get: (key, options) => step('get', key, () => below.get(key, options)),
    has: (key, options) => step('has', key, () => below.has(key, options)),
    stat: (key, options) => step('stat', key, () => below.stat(key, options)),
    async *keys({ prefix, after }) {
      yield* step('keys', undefined, () => below.keys({ prefix, ...(after !== undefined && { after }) }))
    },
    set: (key, value, options) => step('set', key, () => below.set(key, value, options)),
    delete: (key, options) => step('delete', key, () => below.delete(key, options)),
  })
  return { store, below, calls, next }
}
