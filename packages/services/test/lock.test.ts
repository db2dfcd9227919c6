import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withLock } from '../src/run/lock.ts'
import { ownCache } from './support/cache.ts'

const cache = ownCache()

it('lets one task in at a time, also after one that failed', async () => {
  let inside = 0
  const most: number[] = []
  const task = (fails: boolean) =>
    withLock('one', async () => {
      most.push(++inside)
      await new Promise(resolve => setTimeout(resolve, 5))
      inside--
      if (fails) throw new Error('failed')
    })
  const ends = await Promise.allSettled([task(false), task(true), task(false)])
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(most).toEqual([1, 1, 1])
  expect(existsSync(join(cache(), 'locks', 'one'))).toBe(false)
})

it('takes the lock of a process that has ended', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  mkdirSync(join(cache(), 'locks'))
  writeFileSync(join(cache(), 'locks', 'one'), JSON.stringify({ pid, started: '1' }))
  const holder = () => JSON.parse(readFileSync(join(cache(), 'locks', 'one'), 'utf8')).pid
  expect(await withLock('one', async () => holder())).toBe(process.pid)
})
