import { readdirSync } from 'node:fs'
import path from 'node:path'
import { crashRounds, exitsByItself, raceToCount, raceToCreate } from '@kvdol/conformance/node'
import { lockNameOf, updateFile } from '@kvdol/fs/file'
import { scripts } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { zip } from '../src/index.ts'
import { bytes, fastFolder, temporaryFolder, text } from './support/helpers.ts'
import { conformanceWorker } from './support/worker.ts'

const store = conformanceWorker()
const run = scripts(new URL('./support/file.ts', import.meta.url))

describe('several processes on one archive', () => {
  it('create each key once', () =>
    raceToCreate({ ...store(), place: path.join(fastFolder(), 'a.zip') }, { processes: 3, rounds: 25 }))
  it('count together without losing one', () =>
    raceToCount({ ...store(), place: path.join(fastFolder(), 'a.zip') }, { processes: 3, rounds: 25 }))
  it('end by themselves', () => exitsByItself({ ...store(), place: path.join(fastFolder(), 'a.zip') }))
})

describe('a process that is killed', () => {
  it('leaves the old archive or the new one, and nothing that stays', async () => {
    const folder = temporaryFolder()
    const place = path.join(folder, 'a.zip')
    await crashRounds({ ...store(), place }, { rounds: 25, bytes: 200_000 })
    expect(readdirSync(folder)).toEqual(['a.zip'])
  })
})

describe('locks', () => {
  const lockOf = (folder: string) => path.join(folder, lockNameOf('a.zip'))

  it('of the living are waited for, and readers go on', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'a.zip')
    await zip(file).set('a', bytes('a'))
    await updateFile(file, async () => {
      await expect(zip(file, { timeout: 60 }).set('b', bytes('b'))).rejects.toMatchObject({
        code: 'Unavailable',
        retryable: true,
        outcome: 'not-applied',
      })
      expect(text(await zip(file).get('a'))).toBe('a')
      return undefined
    })
  })

  it('of the dead, and those of old versions that nobody holds, are removed', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'a.zip')
    await startHolder(file)
    expect(readdirSync(folder)).toContain(path.basename(lockOf(folder)))
    await zip(file).set('b', bytes('b'))
    expect(readdirSync(folder)).toEqual(['a.zip'])
  })
})

/** A process that dies while it holds the lock of an archive. */
async function startHolder(file: string): Promise<void> {
  const script = `await kvdol.updateFile(file, async () => {
    process.kill(process.pid, 'SIGKILL')
    return await new Promise(() => {})
  })`
  await run(script, { values: { file } }).ended
}
