import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copy } from '@kvdol/core'
import { expect, it, onTestFinished } from 'vitest'
import { report } from './report.ts'
import { archived, inFolder, inMemory } from './stores.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kvdol-example-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(({ name }) => name)
    .sort()
}

it('makes one report from memory, from a folder, and from an archive', async () => {
  const [folder, archive] = [await temporaryFolder(), await temporaryFolder()]
  const memory = inMemory()
  await memory.setMany([
    [['lima', 2025], { amount: 3 }],
    [['oslo', 2025], { amount: 4 }],
    [['oslo', 2024], { amount: 9 }],
  ])
  await copy(memory, inFolder(folder))
  await copy(inFolder(folder), archived(archive))

  const expected = new Map([
    ['lima', 3],
    ['oslo', 4],
  ])
  expect(await report(memory, 2025)).toEqual(expected)
  expect(await report(inFolder(folder), 2025)).toEqual(expected)
  expect(await report(archived(archive), 2025)).toEqual(expected)

  expect(await filesIn(archive)).toEqual(['sales-2024-oslo.gz', 'sales-2025-lima.gz', 'sales-2025-oslo.gz'])
  expect(await readFile(join(folder, 'lima/2025.json'), 'utf8')).toBe('{\n  "amount": 3\n}')
})
