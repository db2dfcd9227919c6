import { type Context, pathOf } from '../context.ts'
import type { FileFacts } from '../reading/file-facts.ts'

/** How a file is written: whatever is there, only if there is nothing, or only instead of this revision. */
export type Mode = 'overwrite' | 'add' | { readonly rev: string }

/** Puts what was uploaded in the place of a file. */
export type Commit = (mode: Mode) => Promise<FileFacts>

/**
 * What Dropbox is told about a write. Without `strict_conflict` it would take equal bytes, and an update of a file that
 * is gone, for no conflict.
 */
export function commitInfo(context: Context, name: string, mode: Mode): object {
  return {
    path: pathOf(context, name),
    mode: typeof mode === 'string' ? mode : { '.tag': 'update', update: mode.rev },
    strict_conflict: mode !== 'overwrite',
    autorename: false,
    mute: true,
  }
}
