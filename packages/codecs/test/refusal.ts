import { isStoreError, type StoreError } from '@kvdol/core'

/** The error that `run` throws; throws itself if there is none. */
export function refusal(run: () => unknown): StoreError {
  try {
    run()
  } catch (error) {
    if (isStoreError(error)) return error
    throw error
  }
  throw new Error('it was accepted')
}

/** What encoding and then decoding gives, for codecs that answer at once. */
export function roundTrip<Outer, Inner>(
  codec: {
    encode(outer: Outer, key: string): Inner | Promise<Inner>
    decode(inner: Inner, key: string): Outer | Promise<Outer>
  },
  value: Outer,
): Outer {
  return codec.decode(codec.encode(value, 'k') as Inner, 'k') as Outer
}
