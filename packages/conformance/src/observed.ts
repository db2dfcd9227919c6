import type { Driver } from '@kvdol/core'
import { type DriverMethod, driverOf, isPromise, METHODS } from '@kvdol/core/adapter'
import { isOfCore } from './is-of-core.ts'
import type { Monitor } from './monitor.ts'
import type { Settling } from './settling.ts'
import type { ByteStore } from './subject.ts'
import { turn } from './turn.ts'

/** Who looks at the calls of a driver. */
export interface Observer {
  readonly monitor: Monitor
  readonly settling: Settling
}

type Call = (this: unknown, ...given: unknown[]) => unknown

/** The observers of drivers that have been changed already; the last one counts. */
const observers = new WeakMap<object, Observer>()

/**
 * Lets an observer see every call of the store's driver, by putting its own methods around those of the driver, in
 * place: views, layers and second stores over the driver are seen too. A store of another maker has no driver to look at.
 */
export function observe(store: ByteStore, observer: Observer): void {
  if (!isOfCore(store)) return
  const driver = driverOf(store) as Driver & Record<string, unknown>
  const known = observers.has(driver)
  observers.set(driver, observer)
  if (known) return
  for (const name of [...(Object.keys(METHODS) as DriverMethod[]), 'close' as const]) {
    const method = driver[name] as Call | undefined
    if (typeof method !== 'function') continue
    const observed = (...given: unknown[]) => called(driver, name, method, given)
    // A frozen driver is tried without being seen.
    if (!Reflect.set(driver, name, observed)) return
  }
}

function called(driver: object, name: DriverMethod | 'close', method: Call, given: unknown[]): unknown {
  const { monitor, settling } = observers.get(driver) as Observer
  const end = monitor.begin(name, given[0])
  const wait = name !== 'close' && waits(name, given.at(-1)) ? settling.settled() : undefined
  // The caller may change its bytes while the call waits.
  const own =
    wait === undefined ? given : given.map(each => (each instanceof Uint8Array ? each.slice() : each))
  try {
    const result =
      wait === undefined
        ? method.apply(driver, given)
        : LISTS.has(name)
          ? later(wait, () => method.apply(driver, given) as AsyncIterable<unknown>)
          : wait.then(() => method.apply(driver, own))
    const wrote = name !== 'close' && METHODS[name].writes
    if (!isPromise(result)) {
      if (wrote) settling.wrote()
      end()
      return LISTS.has(name) ? followed(result, name, monitor) : result
    }
    return result.finally(() => {
      if (wrote) settling.wrote()
      end()
    })
  } catch (error) {
    end()
    throw error
  }
}

const LISTS: ReadonlySet<string> = new Set(['keys', 'keyPages', 'entryPages', 'children', 'watch'])

/** Writes whose answer does not depend on what was written before. */
const PLAIN: ReadonlySet<string> = new Set(['set', 'delete', 'setMany', 'deleteMany', 'writeStream', 'batch'])
const NEVER: ReadonlySet<string> = new Set(['watch', 'pathOf', 'urlOf'])

/** Whether an answer depends on writes that may not be seen yet. */
function waits(name: DriverMethod, options: unknown): boolean {
  const { ifAbsent, ifMatch } = Object(options) as { ifAbsent?: unknown; ifMatch?: unknown }
  return !NEVER.has(name) && (!PLAIN.has(name) || ifAbsent === true || ifMatch !== undefined)
}

async function* later<T>(
  wait: Promise<void>,
  list: () => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  await wait
  yield* list()
}

/** So many steps of a listing may pass without a turn of the event loop. */
const STEPS = 1000

/**
 * The same listing, of which the monitor sees each page that is waited for. One that answers at once and without end lets
 * the deadline come, and ends with it.
 */
function followed(listing: unknown, name: string, monitor: Monitor): unknown {
  const open = (listing as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator]
  if (open === undefined) return listing
  return {
    [Symbol.asyncIterator]() {
      const iterator = open.call(listing)
      const ends = (result: Promise<IteratorResult<unknown>>) => result.finally(monitor.begin(name))
      let steps = 0
      const next = async () => {
        if (++steps % STEPS === 0) await turn()
        return monitor.over ? { done: true, value: undefined } : await iterator.next()
      }
      return {
        next: () => ends(next()),
        ...(iterator.return && { return: (value?: unknown) => Promise.resolve(iterator.return?.(value)) }),
      }
    },
  }
}
