import type { AnyReader, KeyOf, ReadOptions } from '@kvdol/core'
import { option, runOn, settingsOf } from '@kvdol/core/adapter'
import { contextOfDriver, pathOf } from './context.ts'
import { findFile } from './reading/find-file.ts'

const OPTIONS = {
  /** Ends the call. */
  signal: option<AbortSignal>('an AbortSignal', value => value instanceof AbortSignal),
}

/**
 * An address from which anybody can download a value for four hours; `undefined` when there is no value. Takes a key of
 * the store through any transforms.
 *
 * Rejects `InvalidKey` as the store does, `Unsupported` for a store of another kind, and `TypeError` for bad options.
 *
 * @example
 * ```ts no-run="needs an account"
 * const films = dropbox({ token: process.env.DROPBOX_TOKEN, root: 'films' })
 * await temporaryLink(films, 'intro.mp4')
 * ```
 */
export async function temporaryLink<S extends AnyReader>(
  store: S,
  key: KeyOf<S>,
  options: ReadOptions = {},
): Promise<string | undefined> {
  const { signal } = settingsOf('temporaryLink', OPTIONS, options)
  return await runOn(
    store,
    { op: 'temporaryLink', writes: false, key, signal },
    async (driver, inner, how) => {
      const context = contextOfDriver(driver, 'temporaryLink')
      const name = context.naming.nameOf(inner as string)
      // Also looks whether the case is the same.
      if ((await findFile(context, name, how)) === undefined) return undefined
      const { link } = await context.link.ask('filesGetTemporaryLink', { path: pathOf(context, name) }, how)
      return link
    },
  )
}
