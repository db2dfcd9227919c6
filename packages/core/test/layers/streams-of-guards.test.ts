import { bytes } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { createStore, pipe, readStream, type Store } from '../../src/index.ts'
import { limit, observed, retry, timeout } from '../../src/layers.ts'

type Bytes = Store<string, Uint8Array>

it.each([
  ['retry', retry()],
  ['limit', limit({ concurrency: 1 })],
  ['timeout', timeout(10_000)],
  ['observed', observed<Bytes>({ end: () => {} })],
])('a stream that is left, begun or not, leaves nothing open under %s', async (_, guard) => {
  let open = 0
  const store = pipe(
    createStore({
      name: 'open',
      get: () => bytes('1'),
      keys: () => [],
      set: () => {},
      delete: () => {},
      readStream: () => {
        open++
        return {
          [Symbol.asyncIterator]: () => ({
            next: async () => ({ done: false, value: bytes('1') }),
            async return() {
              open--
              return { done: true, value: undefined }
            },
          }),
        }
      },
    }),
    guard,
  )
  const unread = await readStream(store, 'a')
  await unread?.cancel()
  const reader = (await readStream(store, 'a'))?.getReader()
  await reader?.read()
  await reader?.cancel()
  expect(open).toBe(0)
})
