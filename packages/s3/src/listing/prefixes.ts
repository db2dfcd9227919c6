import type { Reader, ReadOptions } from '@kvdol/core'
import { abortSignal, assertOpen, callSettingsOf, option, runOn } from '@kvdol/core/adapter'
import { type BucketContext, bucketStores } from '../context.ts'
import { isInternal } from '../naming/naming.ts'
import { answers, nameIn } from './answers.ts'

const PREFIX = option<string>(
  'a well-formed string',
  value => typeof value === 'string' && value.isWellFormed(),
)

/**
 * What the keys with a prefix begin with one level down, each once: `a/b/` and `a/c/` for `a/`. A store of this package
 * without transforms asks the server for just that; any other store is listed.
 *
 * Rejects `InvalidArgument` for a prefix that is no well-formed string, and for bad options.
 *
 * @example
 * ```ts
 * for await (const year of prefixes(bucket('logs'), '2026/')) console.log(year)
 * ```
 */
export async function* prefixes<V>(
  store: Reader<string, V>,
  prefix = '',
  options: ReadOptions = {},
): AsyncGenerator<string, void, undefined> {
  callSettingsOf('prefixes', { signal: abortSignal }, options)
  callSettingsOf('prefixes', { prefix: PREFIX }, { prefix })
  assertOpen(store, options.signal)
  const context = bucketStores.find(store)
  if (context === undefined) yield* cut(store, prefix, options)
  else yield* asked(context, store, prefix, options)
}

/** By a listing of all keys. */
async function* cut(
  store: Reader<string, unknown>,
  prefix: string,
  options: ReadOptions,
): AsyncGenerator<string, void, undefined> {
  const seen = new Set<string>()
  for await (const key of store.keys({ prefix, ...options })) {
    const slash = key.indexOf('/', prefix.length)
    const found = key.slice(0, slash + 1)
    if (slash < 0 || seen.has(found)) continue
    seen.add(found)
    yield found
  }
}

/** By the listing of the server that cuts names by itself. */
async function* asked(
  context: BucketContext,
  store: Reader<string, unknown>,
  prefix: string,
  { signal }: ReadOptions,
): AsyncGenerator<string, void, undefined> {
  const head = context.naming.headOf(prefix)
  if (head !== undefined) yield* level(head)

  async function* level(head: string): AsyncGenerator<string, void, undefined> {
    const pages = answers(context, { head, pageSize: 1000, signal, delimiter: '/' })
    for (;;) {
      const page = await runOn(store, { op: 'prefixes', writes: false, signal }, () => pages.next())
      if (page.done) return
      const { CommonPrefixes: found = [], EncodingType } = page.value
      for (const { Prefix } of found) {
        const name = nameIn(context, Prefix, EncodingType)
        const outer = context.naming.prefixOf(name)
        // A name that is cut goes on one level below.
        if (outer === undefined && name.endsWith('+/')) yield* level(name)
        else if (outer?.startsWith(prefix) && !isInternal(name)) yield outer
      }
    }
  }
}
