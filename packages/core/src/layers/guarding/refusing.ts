import type { AnyReader } from '../../store.ts'
import { type DryRun, refuses } from '../../view/dry-run.ts'
import { viewBehind } from '../../view/over.ts'

/** The same layer, whose refusals `accepts` knows of. */
export function refusing<S extends AnyReader>(made: S, dryRun: DryRun): S {
  refuses(viewBehind(made).source.driver, dryRun)
  return made
}
