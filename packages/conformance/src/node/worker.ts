import { isStoreError, update } from '@kvdol/core'
import { fromUtf8, utf8 } from '../bytes.ts'
import type { ByteStore } from '../subject.ts'
import { type Job, openModule, type StoreModule } from './child.ts'
import { stamped } from './stamp.ts'

/** The program of the child processes: `node worker.ts <store> <job>`, one line of output for each result. */
const [store, job] = process.argv.slice(2).map(text => JSON.parse(text)) as [StoreModule, Job]

const jobs: Record<Job['kind'], (store: ByteStore) => Promise<void>> = {
  /** Overwrites and deletes keys until it is killed; prints what has been acknowledged. */
  async scribble(opened) {
    for (let round = 0; ; round++) {
      const key = job.keys[round % job.keys.length] as string
      if (round % 7 === 6) await opened.delete(key)
      else await opened.set(key, stamped(`${job.client}-${round}`, job.bytes + (round % 64)))
      if (round % 50 === 0) process.stdout.write('working\n')
    }
  },
  /** Tries to create each key; prints the keys that it created. */
  async create(opened) {
    for (const key of job.keys) {
      try {
        await opened.set(key, utf8(`${job.client}`), { ifAbsent: true })
        process.stdout.write(`${key}\n`)
      } catch (error) {
        if (!isStoreError(error, 'Conflict')) throw error
      }
    }
  },
  /** Uses the store a little. */
  async visit(opened) {
    await opened.set(job.keys[0] as string, utf8('visited'))
    for await (const _ of opened.keys()) break
    process.stdout.write('done\n')
  },
  /** Counts a counter up. */
  async count(opened) {
    for (let round = 0; round < job.rounds; round++)
      await update(
        opened,
        job.keys[0] as string,
        value => utf8(`${Number(value ? fromUtf8(value) : 0) + 1}`),
        { retries: 10_000 },
      )
  },
}

const opened = await openModule(store)
await jobs[job.kind](opened)
await opened.close()
