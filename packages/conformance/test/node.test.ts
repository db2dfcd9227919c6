import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, kitWorker, temporaryFolder } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { crashRounds, exitsByItself, raceToCount, raceToCreate, type StoreModule } from '../src/node/index.ts'

const program = bundle({ 'open-folder': new URL('open-folder.ts', import.meta.url), worker: kitWorker })
const folder = temporaryFolder()

const folderStore = (name: string, open = 'openFolder'): StoreModule => ({
  module: program('open-folder'),
  worker: program('worker'),
  export: open,
  place: join(folder, name),
  execArgv: [],
})

describe('processes', () => {
  it('leave whole values when they are killed', async () => {
    let inspected = 0
    await crashRounds(folderStore('crash'), { rounds: 5, inspect: () => void inspected++ })
    expect(inspected).toBe(5)
    expect((await readdir(join(folder, 'crash'))).length).toBeGreaterThan(0)
  })

  it('are found out when they leave cut values', async () => {
    await expect(
      crashRounds(folderStore('torn', 'openTorn'), { rounds: 30, bytes: 200_000 }),
    ).rejects.toThrow('every value is whole')
  })

  it('create each key once', () => raceToCreate(folderStore('create'), { rounds: 40 }))

  it('are found out when they lose steps', async () => {
    await expect(raceToCount(folderStore('count'), { processes: 2, rounds: 5 })).rejects.toThrow(
      'a racing process ends well',
    )
  })

  it('end when the store is closed', () => exitsByItself(folderStore('exit')))
})
