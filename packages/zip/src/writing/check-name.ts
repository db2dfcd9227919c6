import { StoreError } from '@kvdol/core/adapter'
import { isUnsafeName } from '../format/names.ts'
import type { Settings } from '../options.ts'

/** Reasons for which keys are refused. */
export function rejectsOf({ unsafe }: Pick<Settings, 'unsafe'>): string[] {
  return ['trailing-slash', ...(unsafe === 'keep' ? [] : ['unsafe-name'])]
}

/** Refuses a key that cannot be the name of a value in an archive. */
export function checkName(key: string, { unsafe }: Pick<Settings, 'unsafe'>): void {
  if (key.endsWith('/'))
    throw new StoreError('InvalidKey', 'a name that ends with a slash is that of a directory', {
      reason: 'trailing-slash',
    })
  if (unsafe !== 'keep' && isUnsafeName(key))
    throw new StoreError('InvalidKey', 'the name is more than a relative path (option unsafe)', {
      reason: 'unsafe-name',
    })
}
