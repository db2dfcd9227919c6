import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { jsonValues, mapKeys, memory, pathOf, pipe, prefix } from '@kvdol/core'
import { bytes, rejection, temporaryFolder } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { files, jsonFiles } from '../src/index.ts'

it('a value lies where pathOf says, through any keys', async () => {
  for (const keys of ['plain', 'encoded'] as const) {
    const folder = temporaryFolder()
    const store = files(folder, { keys })
    const inside = pipe(store, mapKeys(prefix('users/')))
    await inside.set('ann', bytes(keys))
    const file = await pathOf(inside, 'ann')
    expect(file).toBe(path.join(folder, keys === 'plain' ? 'users/ann' : 'users/ann='))
    expect(await pathOf(store, 'users/ann')).toBe(file)
    expect(readFileSync(file, 'utf8')).toBe(keys)
  }
})

it('the path is told before there is a file, and nothing is made for it', async () => {
  const folder = path.join(temporaryFolder(), 'new')
  expect(await pathOf(files(folder), 'a/b')).toBe(path.join(folder, 'a/b'))
  expect(existsSync(folder)).toBe(false)
})

it('a relative root gives an absolute path', async () => {
  expect(await pathOf(files('some/where'), 'a')).toBe(path.resolve('some/where/a'))
})

it('keys that no file can have, values of another kind, and other stores have no path', async () => {
  const folder = temporaryFolder()
  expect(await rejection(pathOf(files(folder), '../a'))).toMatchObject({ code: 'InvalidKey', op: 'pathOf' })
  const users = jsonFiles(folder)
  expect(await rejection(pathOf(users, 'ann.json'))).toMatchObject({ code: 'Unsupported' })
  expect(await pathOf(users, 'ann.json', { raw: true })).toBe(path.join(folder, 'ann.json'))
  const other = pipe(memory(), jsonValues())
  expect(await rejection(pathOf(other, 'a', { raw: true }))).toMatchObject({ code: 'Unsupported' })
})
