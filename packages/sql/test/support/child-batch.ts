import { open } from './child-store.ts'

/** A program that writes batches until it is killed: `node child-batch <place>`. */
const store = open(process.argv[2] as string)
for (let round = 1; ; round++) {
  await store.setMany(
    Array.from(
      { length: 60 },
      (_, index) => [`k${index}`, new TextEncoder().encode(String(round).repeat(200))] as const,
    ),
  )
  if (round === 1) process.stdout.write('working\n')
}
