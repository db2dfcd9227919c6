import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { files } from '@kvdol/fs'
import { type Entry, ours, peer, raw } from '../entry.ts'
import type { Contestant, Row } from '../row.ts'
import { NoServer, type Scratch } from '../scratch.ts'
import { compare, timedRow } from '../timed-row.ts'

const KEYS = Array.from({ length: 64 }, (_, index) => `report-${1000 + index}.bin`)
const KILOBYTE = Buffer.alloc(1024, 7)
const FLIGHT = 16
const MANY = 3000
/** Seconds that each request takes on the slow medium. */
const LATENCY = '0.005'

const keyAt = (turn: number): string => KEYS[turn & 63]!
const together = (get: (key: string) => unknown) => (turn: number) =>
  Promise.all(Array.from({ length: FLIGHT }, (_, index) => get(keyAt(turn + index))))

/** Values of 1 KB on a quick disk, by wall clock and by processor time, and all kinds of calls on a slow medium. */
export const fileMediaRows: readonly Row[] = [
  timedRow('file read at once, 1 KB', 1.5, scratch => reads(scratch, '')),
  timedRow('file read at once, 1 KB in a folder', 1.5, scratch => reads(scratch, 'reports')),
  timedRow('file read at once, 16 of 1 KB in flight', 1.5, inFlight),
  processorRow('file read at once, 1 KB, processor time', 1.5, reads),
  processorRow('file write, 1 KB, atomic, processor time', 2, writes),
  timedRow('file write, 1 KB, beside an equally atomic one', 1.1, atomicWrites),
  ...(['get', 'set', 'delete', 'list'] as const).map(slowRow),
]

function reads(scratch: Scratch, below = ''): Entry[] {
  const folder = filled(scratch, below)
  return [
    raw('readFileSync', () => turn => readFileSync(join(folder, below, keyAt(turn)))),
    ours('files', () => {
      const store = files(folder)
      return turn => store.get(below === '' ? keyAt(turn) : `${below}/${keyAt(turn)}`)
    }),
    peer('fs.promises.readFile', '', () => turn => readFile(join(folder, below, keyAt(turn)))),
  ]
}

/** Sixteen at once beside sixteen one after the other. */
function inFlight(scratch: Scratch): Entry[] {
  const folder = filled(scratch, '')
  return [
    raw('readFileSync, one by one', () => turn => {
      for (let index = 0; index < FLIGHT; index++) readFileSync(join(folder, keyAt(turn + index)))
    }),
    ours('files', () => {
      const store = files(folder)
      return together(key => store.get(key))
    }),
    peer('files', 'one by one', () => {
      const store = files(folder)
      return async turn => {
        for (let index = 0; index < FLIGHT; index++) await store.get(keyAt(turn + index))
      }
    }),
    peer('fs.promises.readFile', '', () => together(key => readFile(join(folder, key)))),
  ]
}

function writes(scratch: Scratch): Entry[] {
  return [
    raw('writeFile, not atomic', () => {
      const folder = filled(scratch, '')
      return turn => writeFile(join(folder, keyAt(turn)), KILOBYTE)
    }),
    ...atomicWrites(scratch).map(entry =>
      entry.role === 'raw' ? peer(entry.name, 'atomic', entry.open) : entry,
    ),
  ]
}

function atomicWrites(scratch: Scratch): Entry[] {
  return [
    raw('writeFile and rename', () => {
      const folder = filled(scratch, '')
      return turn => replace(join(folder, keyAt(turn)))
    }),
    ours('files', () => {
      const store = files(filled(scratch, ''))
      return turn => store.set(keyAt(turn), KILOBYTE)
    }),
  ]
}

async function replace(path: string): Promise<void> {
  await writeFile(`${path}.new`, KILOBYTE)
  await rename(`${path}.new`, path)
}

/** Compares the time of all processors that each contestant takes, with the work that its threads do. */
function processorRow(name: string, times: number, entries: (scratch: Scratch) => Entry[]): Row {
  return {
    name,
    async measure(scratch, { rounds }) {
      const samples = new Map<Contestant, number[]>()
      for (const { open, ...entry } of entries(scratch)) samples.set({ ...entry, run: await open() }, [])
      for (let round = -1; round < Math.min(rounds, 25); round++)
        for (const [{ run }, numbers] of samples) {
          const before = process.cpuUsage()
          for (let turn = 0; turn < 1000; turn++) await run(turn)
          const { user, system } = process.cpuUsage(before)
          // The first round is for the compiler.
          if (round >= 0) numbers.push(user + system)
        }
      return [compare(name, times, samples, [])]
    },
  }
}

/** 64 calls at once on a medium that takes 5 ms for each request. What `stat` tells the kernel remembers there. */
function slowRow(kind: 'get' | 'set' | 'delete' | 'list'): Row {
  const name = kind === 'list' ? `slow medium, list ${MANY} files` : `slow medium, 64 times ${kind} at once`
  return timedRow(name, kind === 'list' ? 1.2 : 1.1, async scratch => {
    const { behind, folder } = await slowMedium(scratch)
    const all = (work: (key: string) => unknown) => () => Promise.all(KEYS.map(work))
    const fill = () => {
      for (const key of KEYS) writeFileSync(join(behind, key), KILOBYTE)
    }
    const at = (key: string) => join(folder, key)
    const store = files(folder)
    if (kind === 'list')
      for (let index = 0; index < MANY - KEYS.length; index++) writeFileSync(join(behind, `f${index}`), 'x')
    fill()
    const filledBefore = (work: () => unknown) => () => {
      fill()
      return work()
    }
    const raws = {
      get: all(key => readFile(at(key))),
      set: all(key => replace(at(key))),
      delete: filledBefore(all(key => unlink(at(key)))),
      list: () => readdir(folder, { withFileTypes: true }),
    }
    const own = {
      get: all(key => store.get(key)),
      set: all(key => store.set(key, KILOBYTE)),
      delete: filledBefore(all(key => store.delete(key))),
      list: async () => {
        for await (const _ of store.keys());
      },
    }
    return [raw('fs.promises', () => raws[kind]), ours('files', () => own[kind])]
  })
}

/** A file system of FUSE over a folder. Throws {@link NoServer} where there is none. */
async function slowMedium(scratch: Scratch): Promise<{ behind: string; folder: string }> {
  const behind = scratch.folder('behind')
  const folder = scratch.folder('slow')
  const script = fileURLToPath(
    new URL('../../../../packages/fs/test/support/slow-medium.py', import.meta.url),
  )
  const daemon = spawn('/usr/bin/python3', [script, behind, folder, LATENCY], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  let ended = false
  const end = () => {
    ended = true
  }
  daemon.on('exit', end).on('error', end)
  // It unmounts itself, also when this process is killed.
  scratch.defer(async () => {
    daemon.stdin.end()
    while (!ended) await new Promise(resolve => setTimeout(resolve, 20))
  })
  const { dev } = statSync(folder)
  while (statSync(folder).dev === dev) {
    if (ended) throw new NoServer('needs root, and the packages fuse and python3-fusepy of Debian')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return { behind, folder }
}

/** A folder that holds a kilobyte at every key. */
function filled(scratch: Scratch, below: string): string {
  const folder = scratch.folder('values')
  mkdirSync(join(folder, below), { recursive: true })
  for (const key of KEYS) writeFileSync(join(folder, below, key), KILOBYTE)
  return folder
}
