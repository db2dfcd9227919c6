import { type Reader, type ReadOptions, StoreError } from '@kvdol/core'
import type { Context } from './context.ts'
import { contexts } from './contexts.ts'
import { answers, nameIn } from './list.ts'
import { isInternal } from './naming.ts'

/**
 * What the keys with a prefix begin with one level down, each once: `a/b/` and `a/c/` for `a/`. A store of this package
 * without transforms asks the server for just that; any other store is listed.
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
  if (typeof prefix !== 'string' || !prefix.isWellFormed())
    throw new StoreError('InvalidArgument', 'a prefix is a well-formed string', { op: 'prefixes' })
  const context = contexts.of(store)
  if (context === undefined) yield* cut(store, prefix, options)
  else yield* asked(context, prefix, options)
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
  context: Context,
  prefix: string,
  { signal }: ReadOptions,
): AsyncGenerator<string, void, undefined> {
  const head = context.naming.headOf(prefix)
  if (head !== undefined) yield* level(head)

  async function* level(head: string): AsyncGenerator<string, void, undefined> {
    const wanted = { head, pageSize: 1000, signal, delimiter: '/' } as const
    for await (const { CommonPrefixes: found = [], EncodingType } of answers(context, wanted))
      for (const { Prefix } of found) {
        const name = nameIn(context, Prefix, EncodingType)
        const outer = context.naming.prefixOf(name)
        // A name that is cut goes on one level below.
        if (outer === undefined && name.endsWith('+/')) yield* level(name)
        else if (outer?.startsWith(prefix) && !isInternal(name)) yield outer
      }
  }
}
