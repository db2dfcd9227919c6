import type { MaybePromise } from '@kvdol/core'
import { checkBytes } from '@kvdol/core/adapter'
import { corrupt } from '../format/failures.ts'
import { bufferOf } from '../format/numbers.ts'
import type { Place } from './place.ts'

/** Anything whose bytes can be read from any place: a device, a client of some protocol. It must not change. */
export interface RandomAccess {
  /** Length in bytes. */
  size(): MaybePromise<number>
  /** The bytes from `start` up to but not including `end`. */
  read(start: number, end: number, options: { readonly signal?: AbortSignal }): MaybePromise<Uint8Array>
}

/** An archive that is read through a {@link RandomAccess}. */
export function accessPlace(access: RandomAccess): Place {
  return {
    async open(known) {
      const size = known?.size ?? (await access.size())
      if (!(Number.isSafeInteger(size) && size >= 0)) throw corrupt('the source does not tell its size')
      return {
        version: undefined,
        size,
        async read(start, end, signal) {
          const bytes = checkBytes(await access.read(start, end, signal === undefined ? {} : { signal }))
          if (bytes.byteLength !== end - start)
            throw corrupt(`the source gave ${bytes.byteLength} bytes instead of ${end - start}`)
          return bufferOf(bytes)
        },
        isCurrent: () => true,
        close() {},
      }
    },
  }
}
