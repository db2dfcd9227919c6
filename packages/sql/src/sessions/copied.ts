import type { SqlParameter } from '../executor.ts'

/** The parameters with bytes of their own, for a statement that runs when the caller may have changed its bytes. */
export function copied(params: readonly SqlParameter[]): readonly SqlParameter[] {
  return params.some(isBytes)
    ? params.map(param => (isBytes(param) ? Uint8Array.from(param) : param))
    : params
}

function isBytes(param: SqlParameter): param is Uint8Array {
  return param instanceof Uint8Array
}
