import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { update } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { bundle, bytes, closedAfterTest, startChild, temporaryFolder, text } from '@kvdol/test-support'
import { beforeEach, expect, it } from 'vitest'
import { sftp } from '../src/index.ts'
import { dataFolder, openSshAt } from './support/openssh.ts'

await withService('openssh', url => {
  const server = openSshAt(url)
  const program = bundle(
    { everything: new URL('./support/everything.ts', import.meta.url) },
    { external: ['ssh2', 'ssh2-sftp-client'], root: new URL('..', import.meta.url) },
  )
  let root = ''
  beforeEach(() => {
    root = path.join(dataFolder(server), 'root')
  })
  const open = () => closedAfterTest(sftp({ ...server.connection, root, etag: 'content' }))

  /** Runs a script in a process of its own, with `store` on the same folder. */
  function run(script: string) {
    const { host, port, username, knownHosts } = server.connection
    const options = {
      host,
      port,
      username,
      knownHosts,
      privateKey: readFileSync(server.identity, 'utf8'),
      root,
      etag: 'content',
    }
    const file = path.join(temporaryFolder(), 'script.mjs')
    writeFileSync(
      file,
      `import * as kvdol from ${JSON.stringify(program('everything'))}
      const bytes = text => new TextEncoder().encode(text)
      const store = kvdol.sftp(${JSON.stringify(options)})
      ${script}`,
    )
    return startChild(file)
  }

  it('a key is created once, whoever tries', async () => {
    const script = `
      let won = 0
      for (let key = 0; key < 15; key++)
        await store.set('k' + key, bytes(String(process.pid)), { ifAbsent: true }).then(() => won++, error => {
          if (error.code !== 'Conflict') throw error
        })
      await store.close()
      console.log(won)`
    const ends = await Promise.all([1, 2].map(() => run(script).ended))
    expect(ends.map(({ code }) => code)).toEqual([0, 0])
    expect(ends.reduce((sum, { output }) => sum + Number(output), 0)).toBe(15)
    expect(readdirSync(root)).toHaveLength(15)
  })

  it('counting together loses no step', async () => {
    const script = `
      for (let step = 0; step < 10; step++)
        await kvdol.update(store, 'deep/n', n => bytes(String(Number(n === undefined ? 0 : new TextDecoder().decode(n)) + 1)), { retries: 1000 })
      await store.close()`
    const ends = await Promise.all([1, 2].map(() => run(script).ended))
    expect(ends.map(({ code, output }) => [code, output])).toEqual([
      [0, ''],
      [0, ''],
    ])
    expect(text(await open().get('deep/n'))).toBe('20')
    expect(readdirSync(path.join(root, 'deep'))).toEqual(['n'])
  })

  it('a writer that is killed leaves every value old or new, and nothing that stays', async () => {
    const store = open()
    const old = new Uint8Array(300_000).fill(1)
    for (let key = 0; key < 3; key++) await store.set(`k${key}`, old)
    const script = `
      for (let step = 2; ; step = step % 250 + 1) {
        await Promise.all([0, 1, 2].map(key => store.set('k' + key, new Uint8Array(300_000).fill(step))))
        console.log('round')
      }`
    for (let round = 0; round < 6; round++) {
      const child = run(script)
      await child.said('round')
      // Somewhere in a later round.
      await new Promise(resolve => setTimeout(resolve, 4 * round))
      child.process.kill('SIGKILL')
      await child.ended
      for (let key = 0; key < 3; key++) {
        const value = await store.getOrThrow(`k${key}`)
        expect(value).toHaveLength(300_000)
        expect(value.every(byte => byte === value[0])).toBe(true)
      }
    }
    // The listing removes what is left of them.
    await expect
      .poll(async () => {
        expect(await store.size()).toBe(3)
        return readdirSync(root).sort()
      })
      .toEqual(['k0', 'k1', 'k2'])
  })

  it('a lock that was left is over after its lease', async () => {
    const store = open()
    await store.set('n', bytes('1'))
    const child = run(`
      for (;;) {
        await kvdol.update(store, 'n', value => value)
        console.log('updated')
      }`)
    await child.said('updated')
    child.process.kill('SIGKILL')
    await child.ended
    await update(store, 'n', () => bytes('2'))
    expect(text(await store.get('n'))).toBe('2')
  }, 60_000)

  it('a process ends by itself when its store is closed', async () => {
    const child = run(`
      await store.set('a', bytes('x'))
      for await (const key of store.keys()) console.log(key)
      await store.close()`)
    const begun = performance.now()
    await child.said('a')
    expect(await child.ended).toMatchObject({ code: 0, output: 'a\n' })
    expect(performance.now() - begun).toBeLessThan(30_000)
  })
})
