import type { Reader, ReadOptions } from '@kvdol/core'

/**
 * What the keys with a prefix begin with one level down, each once: `a/b/` and `a/c/` for `a/`. These are the prefixes
 * among the `children` of `@kvdol/core`, which asks the server for just one level where it can.
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
  // A bucket is opened without the rest of core.
  const { children } = await import('@kvdol/core')
  for await (const child of children(store, prefix, options)) if ('prefix' in child) yield child.prefix
}
