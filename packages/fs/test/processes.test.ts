import { once } from 'node:events'
import { existsSync, linkSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { update } from '@kvdol/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { thisProcess as self } from '../src/file/index.ts'
import { parseLock, printLock } from '../src/file/lock-content.ts'
import { type Maker, parseMaker, printMaker } from '../src/file/maker.ts'
import { lockNameOf, makerOf, temporaryNameBy } from '../src/file/names.ts'
import { files } from '../src/index.ts'
import { run } from './support/child.ts'
import { bytes, collect, sorted, temporaryFolder, text } from './support/helpers.ts'

let root = ''
beforeEach(() => {
  root = temporaryFolder()
})

/** Removals in the background have come to an end. */
async function swept(): Promise<void> {
  for (let round = 0; round < 100 && readdirSync(root).some(name => name.startsWith('.kvdol-')); round++) {
    await collect(files(root).keys())
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

describe('several processes', () => {
  it('create a key once', async () => {
    const script = `
      const store = kvdol.files(root)
      let won = 0
      for (let key = 0; key < 25; key++)
        await store.set('k' + key, bytes(String(process.pid)), { ifAbsent: true }).then(() => won++, error => {
          if (error.code !== 'Conflict') throw error
        })
      console.log(won)`
    const ends = await Promise.all([1, 2, 3, 4].map(() => run(root, script).ended))
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(ends.reduce((sum, { output }) => sum + Number(output), 0)).toBe(25)
    expect(readdirSync(root)).toHaveLength(25)
  })

  it('count together without losing one', async () => {
    const script = `
      const counter = kvdol.textFiles(root)
      for (let step = 0; step < 25; step++)
        await kvdol.update(counter, 'deep/n', count => String(Number(count ?? 0) + 1), { retries: 1000 })`
    const ends = await Promise.all([1, 2, 3, 4].map(() => run(root, script).ended))
    expect(ends).toEqual(Array(4).fill({ code: 0, output: '' }))
    expect(text(await files(root).get('deep/n'))).toBe('100')
    expect(readdirSync(path.join(root, 'deep'))).toEqual(['n'])
  })

  it('delete and create in one folder without losing a value', async () => {
    const script = `
      const store = kvdol.files(root)
      for (let step = 0; step < 40; step++) {
        await store.set('a/b/' + process.pid, bytes('x'))
        if (await store.get('a/b/' + process.pid) === undefined) throw new Error('lost')
        await store.delete('a/b/' + process.pid)
      }
      await store.set('a/b/' + process.pid, bytes('x'))`
    const ends = await Promise.all([1, 2, 3].map(() => run(root, script).ended))
    expect(ends).toEqual(Array(3).fill({ code: 0, output: '' }))
    expect(await files(root).size()).toBe(3)
  })
})

describe('a process that is killed', () => {
  it('leaves every key old or new, and nothing that stays', async () => {
    const old = new Uint8Array(200_000).fill(1)
    const store = files(root)
    for (let key = 0; key < 4; key++) await store.set(`k${key}`, old)
    const script = `
      const store = kvdol.files(root)
      console.log('ready')
      for (let step = 2; ; step = step % 250 + 1)
        await Promise.all([0, 1, 2, 3].map(key => store.set('k' + key, new Uint8Array(200_000).fill(step))))`
    for (let round = 0; round < 12; round++) {
      const child = run(root, script)
      await once(child.process.stdout as NodeJS.ReadableStream, 'data')
      await new Promise(resolve => setTimeout(resolve, 3 * round))
      child.process.kill('SIGKILL')
      await child.ended
      for (let key = 0; key < 4; key++) {
        const value = await store.getOrThrow(`k${key}`)
        expect(value).toHaveLength(200_000)
        expect(value.every(byte => byte === value[0])).toBe(true)
      }
    }
    expect(await sorted(store.keys())).toEqual(['k0', 'k1', 'k2', 'k3'])
    await swept()
    expect(readdirSync(root).sort()).toEqual(['k0', 'k1', 'k2', 'k3'])
  })

  it('does not keep its lock: others go on', async () => {
    const store = files(root)
    await store.set('n', bytes('1'))
    const etag = (await store.stat('n'))?.etag
    const script = `
      const store = kvdol.files(root)
      console.log('ready')
      for (let step = 0; ; step++) await kvdol.update(store, 'n', () => bytes(String(step)))`
    for (let round = 0; round < 8; round++) {
      const child = run(root, script)
      await once(child.process.stdout as NodeJS.ReadableStream, 'data')
      await new Promise(resolve => setTimeout(resolve, 5 * round))
      child.process.kill('SIGKILL')
      await child.ended
      await update(store, 'n', () => bytes(`round ${round}`))
      expect(text(await store.get('n'))).toBe(`round ${round}`)
    }
    await expect(store.set('n', bytes('x'), { ifMatch: etag as string })).rejects.toMatchObject({
      code: 'Conflict',
    })
    await swept()
    expect(readdirSync(root)).toEqual(['n'])
  })

  it('ends by itself when nothing is left to do', async () => {
    const { code, output } = await run(
      root,
      `const store = kvdol.files(root)
      await store.set('a', bytes('x'))
      for await (const key of store.keys()) console.log(key)
      await store.close()`,
    ).ended
    expect({ code, output }).toEqual({ code: 0, output: 'a\n' })
  })
})

describe('what a process leaves', () => {
  const dead: Maker = { place: self.place, process: 4_000_000, started: self.started }

  const temporaryName = (maker: Maker) => temporaryNameBy(printMaker(maker))
  const lockOf = (maker: Maker, random: string) => printLock({ random, maker, lease: 10_000, count: 0 })

  it('names its maker', () => {
    expect(makerOf(temporaryName(dead))).toEqual(dead)
    expect(parseMaker(printMaker(dead))).toEqual(dead)
    for (const text of ['', 'a.1', `${self.place}.x.1`, `${self.place}.1`])
      expect(parseMaker(text)).toBe(undefined)
    expect(parseLock(lockOf(dead, '0'.repeat(18)))?.maker).toEqual(dead)
  })

  it('is removed only when its maker has certainly ended', async () => {
    const names = {
      living: temporaryName(self),
      dead: temporaryName(dead),
      elsewhere: temporaryName({ ...dead, place: '0123456789ab' }),
      unknown: '.kvdol-something-else',
    }
    for (const name of Object.values(names)) writeFileSync(path.join(root, name), 'x')
    const store = files(root, { hidden: true })
    await store.set('a', bytes('x'))
    expect(await collect(store.keys())).toEqual(['a'])
    for (let round = 0; round < 100 && existsSync(path.join(root, names.dead)); round++)
      await new Promise(resolve => setTimeout(resolve, 5))
    expect(readdirSync(root).sort()).toEqual(['a', names.living, names.elsewhere, names.unknown].sort())
  })

  it('does not let two break one stale lock', async () => {
    const store = files(root)
    await store.set('n', bytes('0'))
    // The process that was breaking the lock before has been killed as well.
    writeFileSync(path.join(root, lockNameOf('n')), lockOf(dead, '0'.repeat(18)))
    writeFileSync(path.join(root, `.kvdol-k-${'0'.repeat(18)}`), lockOf(dead, '1'.repeat(18)))
    await Promise.all(
      Array.from({ length: 8 }, () => {
        return update(files(root), 'n', value => bytes(String(Number(text(value)) + 1)), { retries: 1000 })
      }),
    )
    expect(text(await store.get('n'))).toBe('8')
    expect(readdirSync(root)).toEqual(['n'])
  })

  it('a lock of a living process is waited for', async () => {
    const store = files(root)
    await store.set('n', bytes('0'))
    const etag = (await store.stat('n'))?.etag as string
    const lock = lockNameOf('n')
    writeFileSync(path.join(root, 'owner'), lockOf(self, '0'.repeat(18)))
    linkSync(path.join(root, 'owner'), path.join(root, lock))
    let done = false
    const writing = store.set('n', bytes('1'), { ifMatch: etag }).then(() => {
      done = true
    })
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(done).toBe(false)
    unlinkSync(path.join(root, lock))
    await writing
    expect(text(await store.get('n'))).toBe('1')
  })
})

describe('a process with few descriptors', () => {
  it('does everything it is asked for', async () => {
    const script = `
      const store = kvdol.files(root)
      const keys = Array.from({ length: 400 }, (_, index) => 'f' + index % 20 + '/' + index)
      await Promise.all(keys.map(key => store.set(key, bytes(key))))
      const values = await Promise.all(keys.map(key => store.get(key)))
      if (values.some((value, index) => text(value) !== keys[index])) throw new Error('wrong')
      let count = 0
      for await (const [key] of store) count++
      console.log(count)`
    expect(await run(root, script, 'ulimit -n 60').ended).toEqual({ code: 0, output: '400\n' })
  })
})
