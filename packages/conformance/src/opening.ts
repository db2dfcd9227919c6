import { guarantees } from '@kvdol/core'
import { typeName } from '@kvdol/core/adapter'
import { ensure, printError, Violation } from './assert.ts'
import { utf8 } from './bytes.ts'
import { Skip } from './case.ts'
import { keysOf } from './collect.ts'
import { deadline } from './deadline.ts'
import { Monitor } from './monitor.ts'
import { observe } from './observed.ts'
import { Settling } from './settling.ts'
import type { ByteStore, Subject } from './subject.ts'

/** Whether a subject gives open, empty, new stores; without that no case proves anything. */
export class Opening {
  readonly #subject: Subject
  readonly #timeout: number
  #problem: Promise<{ readonly error: unknown } | undefined> | undefined
  #eventual = false

  /** `timeout` is the longest time for all of it, in milliseconds. */
  constructor(subject: Subject, timeout: number) {
    this.#subject = subject
    this.#timeout = timeout
  }

  /** Rejects with what is wrong, the first time; from then on skips. */
  async assert(): Promise<void> {
    if (this.#problem !== undefined && (await this.#problem) !== undefined)
      throw new Skip('open does not give a new store each time, see O1')
    await this.prove()
  }

  /** Rejects with what is wrong, each time. */
  async prove(): Promise<void> {
    this.#problem ??= this.#try(0)
      // Where writes are seen later, only the whole wait proves that something is wrong.
      .catch(error => (this.#eventual ? this.#try(1) : Promise.reject(error)))
      .then(
        () => undefined,
        // Whatever it is: somebody may throw undefined.
        error => ({ error }),
      )
    const problem = await this.#problem
    if (problem !== undefined) throw problem.error
  }

  /** `patience` is the part of `settlesWithinMs` for which reads wait after a write. */
  async #try(patience: number): Promise<void> {
    const observer = { monitor: new Monitor(), settling: new Settling() }
    const over = deadline(this.#timeout, observer.monitor)
    const opened: ByteStore[] = []
    const open = async () => {
      const end = observer.monitor.begin('open of the subject')
      const store = await this.#subject.open()
      end()
      const again = opened.includes(store)
      // What is no store may have a place all the same, which its subject can remove.
      if (!again) opened.push(store)
      assertStore(store)
      ensure(!again, 'open gives a new store each time', 'the same store again')
      observe(store, observer)
      const { settlesWithinMs } = guarantees(store)
      this.#eventual ||= settlesWithinMs > 0
      observer.settling.within(settlesWithinMs * patience)
      return store
    }
    const failures: unknown[] = []
    const note = (error: unknown) => void failures.push(error)
    const remove = (store: ByteStore) => removed(this.#subject, store, observer.monitor)
    await Promise.race([prove(open), over.reached]).catch(note)
    await Promise.race([release(opened, remove), over.reached]).catch(note)
    over.cancel()
    // What was found matters more than what removing found.
    if (failures.length > 0) throw failures[0]
  }
}

async function prove(open: () => Promise<ByteStore>): Promise<void> {
  const first = await open()
  await assertEmpty(first, 'open gives an empty place; empty it, or make one with a name of its own')
  const value = utf8('value')
  for (const key of ['probe', 'p', '1']) await first.set(key, value).catch(refused)
  const second = await open()
  await assertEmpty(second, 'open gives another place each time, not that of the store before')
  const keys = await keysOf(first)
  for (const key of keys) {
    ensure((await first.get(key)) !== undefined, 'what is listed can be read', 'nothing', key)
    await first.has(key)
    await first.stat(key)
  }
  for (const key of keys) await first.delete(key)
}

/** A key may be refused, and other cases say for which reasons. */
function refused(error: unknown): void {
  if ((error as { code?: unknown } | undefined)?.code !== 'InvalidKey') throw error
}

async function assertEmpty(store: ByteStore, wants: string): Promise<void> {
  const keys = await keysOf(store)
  ensure(keys.length === 0, wants, `a store of ${keys.length} keys`, keys[0])
  await store.size()
}

const METHODS = ['get', 'has', 'keys', 'stat', 'size', 'set', 'delete', 'setMany', 'close'] as const

/** Rejects what is no store, with what to do. */
function assertStore(store: unknown): asserts store is ByteStore {
  const lacks = METHODS.filter(
    method => typeof (store as Record<string, unknown> | null | undefined)?.[method] !== 'function',
  )
  if (lacks.length === 0) return
  throw new Violation('open gives a store that can be written', told(store, lacks))
}

function told(store: unknown, lacks: readonly string[]): string {
  if (store === undefined) return 'undefined; does the function return what it opens?'
  if (store instanceof Map) return 'a Map; fromMap(map) of @kvdol/core makes it a store'
  if (typeof store === 'function') return 'a function; call it in open: { open: () => myStore() }'
  const writes = ['set', 'delete', 'setMany']
  if (lacks.every(method => writes.includes(method))) return 'a reader, which cannot be written'
  return `${typeName(store)} without ${lacks.join(', ')}; createStore(driver) makes a store of a driver`
}

async function release(
  opened: readonly ByteStore[],
  remove: (store: ByteStore) => Promise<void>,
): Promise<void> {
  for (const store of opened) await store?.close?.()
  for (const store of opened) if (store !== undefined) await remove(store)
}

/** Removes the place of a store; the monitor knows of it, and a failure says what has failed. */
export async function removed(subject: Subject, store: ByteStore, monitor: Monitor): Promise<void> {
  const end = monitor.begin('remove of the subject')
  try {
    await subject.remove?.(store)
  } catch (error) {
    throw new Violation(
      'remove of the subject takes the place of a closed store away',
      printError(error),
      undefined,
      error,
    )
  } finally {
    end()
  }
}
