import type { ListOptions } from '@kvdol/core'
import { ensure } from './assert.ts'
import type { ByteStore } from './subject.ts'

/** More keys than any case sets: a listing that goes beyond does not end. */
const ENDLESS = 50_000

/** All keys of a listing. */
export async function keysOf(store: ByteStore, options?: ListOptions<string>): Promise<string[]> {
  return await collect(store.keys(options))
}

/** All items; rejects the case for an iteration that does not end. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) {
    all.push(item)
    ensure(all.length < ENDLESS, 'a listing ends', `${all.length} items and no end`)
  }
  return all
}
