import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipe, textValues } from '@kvdol/core'
import { skipErrors } from '@kvdol/core/layers'
import { files } from '@kvdol/fs'
import { beforeAll, expect, it } from 'vitest'
import { type LogKey, openLogs, type Reading } from './readings.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kvdol-example-'))
  await pipe(files(folder, { hidden: true }), textValues()).setMany([
    ['node-0f/2025-11-03/temp@lima.log', '08:00=21.5\n09:00=22\n'],
    ['node-0f/2025-11-04/temp@lima.log', '08:00=19\n'],
    ['node-a0/2025-11-03/humidity@north@oslo.log', '08:00=40\n'],
    ['node-a0/2025-11-04/humidity@oslo.log', 'disk failure\n'],
    // None of these is a log.
    ['node-0F/2025-11-03/temp@lima.log', ''],
    ['node-0f/2025-02-30/temp@lima.log', ''],
    ['node-0f/2025-11-03/temp@lima.log.bak', ''],
    ['node-0f/2025-11-03/.DS_Store', ''],
    ['README', ''],
  ])
  return () => rm(folder, { recursive: true })
})

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const show = ({ node, day, sensor, place }: LogKey) => `${node} ${day.toDateString()} ${sensor} ${place}`

it('shows the logs, and nothing else, under typed keys', async () => {
  expect((await collect(openLogs(folder).keys())).map(show).sort()).toEqual([
    '15 Mon Nov 03 2025 temp lima',
    '15 Tue Nov 04 2025 temp lima',
    '160 Mon Nov 03 2025 humidity@north oslo',
    '160 Tue Nov 04 2025 humidity oslo',
  ])
})

it('lists the logs of one node, and of one day of it', async () => {
  const logs = openLogs(folder)
  expect(await collect(logs.keys({ prefix: { node: 15 } }))).toHaveLength(2)
  const day = new Date('2025-11-04')
  expect(await collect(logs.keys({ prefix: { node: 15, day } }))).toEqual([
    { node: 15, day, sensor: 'temp', place: 'lima' },
  ])
})

it('reads what was measured', async () => {
  const key: LogKey = { node: 15, day: new Date('2025-11-03'), sensor: 'temp', place: 'lima' }
  const readings: Reading[] = await openLogs(folder).getOrThrow(key)
  expect(readings).toEqual([
    ['08:00', 21.5],
    ['09:00', 22],
  ])
})

it('goes on past a log that cannot be read, and says which', async () => {
  const damaged: string[] = []
  const logs = pipe(
    openLogs(folder),
    skipErrors({ onError: ({ code }, key) => damaged.push(`${code} ${show(key)}`) }),
  )
  expect(await collect(logs.values())).toHaveLength(3)
  expect(damaged).toEqual(['Corrupt 160 Tue Nov 04 2025 humidity oslo'])
})
