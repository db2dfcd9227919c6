import { StoreError } from '@kvdol/core'
import type { ErrorOf } from '@kvdol/core/adapter'

/** Reasons that a store over files may have to refuse a key, as its guarantees name them. */
export const FILE_REASONS = ['too-long', 'prefix-of-other', 'control', 'refused']

/** What the codes of the file system say about a name. */
const REASONS: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'too-long',
  ENOTDIR: 'prefix-of-other',
  EISDIR: 'prefix-of-other',
  EEXIST: 'prefix-of-other',
  ERR_INVALID_ARG_VALUE: 'control',
}

/**
 * Counts an error about a key as a refusal of it: one whose code, or that of a cause, is about a name, or whose code or
 * message is what the library itself says of keys that it does not take.
 */
export function refusedNames(says: RegExp): ErrorOf {
  return error => {
    const facts = causes(error).flatMap(({ code, message }) => [code ?? '', message])
    const named = facts.find(fact => Object.hasOwn(REASONS, fact))
    if (named === undefined && !facts.some(fact => says.test(fact))) return undefined
    return new StoreError('InvalidKey', 'the library refused the key', {
      reason: named === undefined ? 'refused' : REASONS[named],
      cause: error as Error,
    })
  }
}

/** An error, and what caused it. */
function causes(error: unknown): NodeJS.ErrnoException[] {
  const chain: NodeJS.ErrnoException[] = []
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) chain.push(each)
  return chain
}
