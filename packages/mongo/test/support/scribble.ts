import { writeStream } from '@kvdol/core'
import { open } from './open.ts'

/**
 * The program of a process that is killed: `scribble <place> <kind>` writes values of one repeated byte, by long streams
 * or in batches, until it ends.
 */
const [place = '', kind] = process.argv.slice(2)
const store = open(place)
const MIB = 1024 * 1024

async function* stream(byte: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let part = 0; part < 5; part++) yield new Uint8Array(MIB).fill(byte)
}

for (let round = 1; ; round = (round % 250) + 1) {
  if (kind === 'streams') await writeStream(store, `k${round % 2}`, stream(round))
  else
    await store.setMany(
      Array.from({ length: 200 }, (_, key) => [`k${key}`, new Uint8Array(1000).fill(round)] as const),
    )
  process.stdout.write('.')
}
