import { bufferOf } from '../format/numbers.ts'
import type { Handle, Place } from './place.ts'

/** An archive in memory. It is not copied; whoever gives it away does not change it any more. */
export function bytesPlace(bytes: Uint8Array): Place {
  const whole = bufferOf(bytes)
  const handle: Handle = {
    version: undefined,
    size: whole.length,
    read: async (start, end) => whole.subarray(start, end),
    isCurrent: () => true,
    close() {},
  }
  return { open: () => handle }
}
