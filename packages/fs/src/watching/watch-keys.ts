import type { DriverWatchOptions } from '@kvdol/core'
import { onAbort, watchers } from '@kvdol/core/adapter'
import type { Context } from '../place/context.ts'
import { Tree } from './tree.ts'

/**
 * The keys that change, by whichever process, and `undefined` where some may have been missed. Rejects `Unsupported` where
 * the system does not tell of every change.
 */
export async function* watchKeys(
  context: Context,
  { prefix = '', signal }: DriverWatchOptions<string>,
): AsyncGenerator<readonly (string | undefined)[], void, undefined> {
  const end = new AbortController()
  const ignore = signal && onAbort(signal, () => end.abort())
  const { watch, ...told } = watchers<string>()
  const changes = watch({ signal: end.signal })
  let failure: unknown
  const tree = new Tree(context, context.naming.headOf(prefix), {
    ...told,
    fail(error) {
      failure ??= error
      end.abort()
    },
  })
  try {
    // Taken before the tree is looked at, so that nothing told from here on is lost.
    const pages = changes[Symbol.asyncIterator]()
    await tree.begin()
    yield* { [Symbol.asyncIterator]: () => pages }
    if (failure !== undefined) throw failure
  } finally {
    ignore?.()
    await tree.close()
  }
}
