import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { writeStream } from '@kvdol/core'
import { expect, it } from 'vitest'
import { files } from '../src/index.ts'
import { bytes, temporaryFolder, text } from './support/helpers.ts'

/** Mounts a medium of 1 MiB; gives false where that is not allowed. */
function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

it('a full medium rejects OutOfSpace, keeps the old value and leaves nothing', async context => {
  const folder = temporaryFolder()
  if (!mount(folder)) context.skip('mounting a small medium needs root; see the same with an injected fault')
  try {
    const store = files(folder)
    await store.set('a', bytes('old'))
    const big = new Uint8Array(2 * 1024 * 1024)
    await expect(store.set('a', big)).rejects.toMatchObject({ code: 'OutOfSpace', outcome: 'not-applied' })
    await expect(writeStream(store, 'a', [big])).rejects.toMatchObject({ code: 'OutOfSpace' })
    expect(text(await store.get('a'))).toBe('old')
    expect(readdirSync(folder)).toEqual(['a'])
    await store.set('a', bytes('new'))
    expect(text(await store.get('a'))).toBe('new')
  } finally {
    execFileSync('umount', [folder])
  }
})
