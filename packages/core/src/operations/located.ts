import { StoreError } from '../error.ts'
import { flag } from '../options/kinds.ts'
import type { AnyReader, ReadOptions } from '../store.ts'
import { visible } from '../view/calls.ts'
import { viewBehind } from '../view/over.ts'
import { CALL } from './call-options.ts'

export interface LocateOptions extends ReadOptions {
  /**
   * Asks for the stored bytes also where the store decodes them, as through `jsonValues()`.
   * @default false
   */
  raw?: boolean | undefined
}

export const LOCATE = { ...CALL, raw: flag }

/** Asks the driver where a value lies, once it is sure that what lies there is the value. */
export function located<O extends LocateOptions>(
  store: AnyReader,
  op: 'pathOf' | 'urlOf',
  key: unknown,
  settings: O,
  instead: string,
): Promise<string> {
  const { signal } = settings
  return viewBehind(store).run(op, key, undefined, signal && { signal }, (view, outer) => {
    const inner = visible(view, outer)
    const { driver } = view.source
    const method = driver[op]
    if (method === undefined) throw new StoreError('Unsupported', instead)
    if (!view.mapping.plain && settings.raw !== true)
      throw new StoreError(
        'Unsupported',
        'this store decodes its values, and others would find the stored bytes; give { raw: true } if these are meant',
      )
    return method.call(driver, inner, settings)
  })
}
