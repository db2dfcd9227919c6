import { type Store, writeStream } from '@kvdol/core'
import type { Scribbling } from './scribbled.ts'
import { WRITTEN } from './written.ts'

/** The program of a process that writes until it is killed: `node worker <job as JSON>`; a line for each write. */
const { module, place, how, keys, bytes } = JSON.parse(process.argv[2] ?? '{}') as Required<Scribbling>

const { open }: { open(place: string): Store<string, Uint8Array> | Promise<Store<string, Uint8Array>> } =
  await import(module)
const store = await open(place)
const PARTS = 5

async function* inParts(byte: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let part = 0; part < PARTS; part++) yield new Uint8Array(bytes / PARTS).fill(byte)
}

const write: Record<Scribbling['how'], (byte: number) => Promise<void>> = {
  set: byte => store.set(`k${byte % keys}`, new Uint8Array(bytes).fill(byte)),
  writeStream: byte => writeStream(store, `k${byte % keys}`, inParts(byte)),
  setMany: byte =>
    store.setMany(
      Array.from({ length: keys }, (_, key) => [`k${key}`, new Uint8Array(bytes).fill(byte)] as const),
    ),
}

for (let round = 0; ; round++) {
  await write[how]((round % 250) + 1)
  process.stdout.write(WRITTEN)
}
