import { type Place, store } from './honest.ts'
import { lyingDriver, type Saboteur } from './saboteur.ts'

/** Drivers that stream wrongly. */
export const streamSaboteurs: readonly Saboteur[] = [
  lyingDriver('shows a streamed value as it grows', ['S1'], ['S5', 'N2'], (driver, place) => ({
    async writeStream(key, chunks, options) {
      const bytes: number[] = []
      for await (const chunk of chunks) {
        for (const byte of chunk) bytes.push(byte)
        if (options.ifAbsent !== true && options.ifMatch === undefined)
          store(place, key, Uint8Array.from(bytes))
      }
      await driver.writeStream(key, once(Uint8Array.from(bytes)), options)
    },
  })),
  lyingDriver(
    'stores what came before a source failed',
    ['S1', 'S5'],
    ['S3', 'N2', 'N9'],
    (driver, place) => ({
      async writeStream(key, chunks, options) {
        const bytes: number[] = []
        try {
          for await (const chunk of chunks) for (const byte of chunk) bytes.push(byte)
        } catch (error) {
          store(place, key, Uint8Array.from(bytes))
          throw error
        }
        await driver.writeStream(key, once(Uint8Array.from(bytes)), options)
      },
    }),
  ),
  lyingDriver('stores the last chunk only', ['S3'], ['S1', 'N2'], driver => ({
    async writeStream(key, chunks, options) {
      let last = new Uint8Array()
      for await (const chunk of chunks) last = new Uint8Array(chunk)
      await driver.writeStream(key, once(last), options)
    },
  })),
  lyingDriver('reads a stream from whatever is there now', ['S4'], ['R1', 'C5'], (driver, { entries }) => ({
    async readStream(key, range, options) {
      if (range !== undefined || !entries.has(key)) return await driver.readStream(key, range, options)
      return live(() => entries.get(key)?.value ?? new Uint8Array())
    },
  })),
  lyingDriver('keeps a handle for each stream that is left', ['S4'], [], (driver, place) => ({
    async readStream(key, range, options) {
      const chunks = await driver.readStream(key, range, options)
      return chunks && leaking(chunks, place)
    },
  })),
  lyingDriver('drops the last byte of a stream of known size', ['S5'], ['N2'], driver => ({
    async writeStream(key, chunks, { size, ...options }) {
      const bytes: number[] = []
      for await (const chunk of chunks) for (const byte of chunk) bytes.push(byte)
      await driver.writeStream(
        key,
        once(Uint8Array.from(size === undefined ? bytes : bytes.slice(0, -1))),
        options,
      )
    },
  })),
]

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

async function* live(value: () => Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < value().byteLength; start += 16_384) yield value().slice(start, start + 16_384)
}

async function* leaking(
  chunks: AsyncIterable<Uint8Array>,
  place: Pick<Place, 'handles'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  place.handles.open++
  yield* chunks
  place.handles.open--
}
