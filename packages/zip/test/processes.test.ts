import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { crashRounds, exitsByItself, raceToCount, raceToCreate } from '@kvdol/conformance/node'
import { describe, expect, it } from 'vitest'
import { zip } from '../src/index.ts'
import { bytes, collect, fastFolder, temporaryFolder, text } from './support/helpers.ts'
import { conformanceWorker } from './support/worker.ts'

const store = conformanceWorker()

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
  const lockOf = (folder: string) =>
    path.join(folder, readdirSync(folder).find(name => name.startsWith('.kvdol-zip-l-')) as string)

  it('of the dead are broken, of the living are waited for', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'a.zip')
    await zip(file).set('a', bytes('a'))
    // A writer that never ends: its lock is there while its source is read.
    const { locked } = await import('../src/places/file-lock.ts')
    const { self } = await import('../src/places/identity.ts')
    const { createHash } = await import('node:crypto')
    const lock = path.join(
      folder,
      `.kvdol-zip-l-${createHash('sha256').update('a.zip').digest('hex').slice(0, 24)}`,
    )
    await locked(lock, 1000, async () => {
      expect(lockOf(folder)).toBe(lock)
      await expect(zip(file, { timeout: 60 }).set('b', bytes('b'))).rejects.toMatchObject({
        code: 'Unavailable',
        retryable: true,
      })
      expect(text(await zip(file).get('a'))).toBe('a')
    })
    const dead = `0123456789abcdef01.${self.split('.')[0]}.999999999.1`
    for (const plant of [() => symlinkSync(dead, lock), () => writeFileSync(lock, dead)]) {
      plant()
      await zip(file, { timeout: 1000 }).set('b', bytes('b'))
      expect(readdirSync(folder)).toEqual(['a.zip'])
    }
    symlinkSync(`0123456789abcdef01.${'0'.repeat(12)}.1.1`, lock)
    await expect(zip(file, { timeout: 60 }).set('b', bytes('c'))).rejects.toMatchObject({
      code: 'Unavailable',
    })
    rmSync(lock)
    expect(await collect(zip(file).keys())).toEqual(['a', 'b'])
  })
  it('a link that somebody has planted at the temporary name is not written through', async () => {
    const folder = temporaryFolder()
    const file = path.join(folder, 'a.zip')
    await zip(file).set('a', bytes('a'))
    const { createHash } = await import('node:crypto')
    writeFileSync(path.join(folder, 'victim'), 'precious')
    symlinkSync(
      'victim',
      path.join(folder, `.kvdol-zip-t-${createHash('sha256').update('a.zip').digest('hex').slice(0, 24)}`),
    )
    await zip(file).set('b', bytes('b'))
    expect(readFileSync(path.join(folder, 'victim'), 'utf8')).toBe('precious')
    expect(readdirSync(folder)).toEqual(['a.zip', 'victim'])
  })
})
