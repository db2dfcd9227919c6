import { driverOf } from '../../../src/adapter.ts'
import { type ByteStore, createStore, memory } from '../../../src/index.ts'

/** A memory with paths, which notes what is written to it by stream. */
export function placed(): { readonly store: ByteStore; readonly streamed: string[] } {
  const below = memory()
  const streamed: string[] = []
  const store = createStore({
    ...driverOf(below),
    name: 'placed',
    pathOf: (key: string) => `/files/${key}`,
    urlOf: (key: string) => `https://here/${key}`,
    async writeStream(key: string, chunks: AsyncIterable<Uint8Array>, options: { ifAbsent?: boolean }) {
      streamed.push(key)
      const parts: number[] = []
      for await (const chunk of chunks) parts.push(...chunk)
      await below.set(key, new Uint8Array(parts), { ...(options.ifAbsent && { ifAbsent: true }) })
    },
  } as never) as ByteStore
  return { store, streamed }
}
