import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { guarantees } from '@kvdol/core'
import { expect, it } from 'vitest'
import { files } from '../src/index.ts'
import { bytes, collect, temporaryFolder } from './support/helpers.ts'

const refused: [key: string, reason: string][] = [
  ['a\0b', 'nul'],
  ['a\nb', 'control'],
  ['a\u007f', 'control'],
  ['a\\b', 'backslash'],
  ['..\\x', 'backslash'],
  ['\\\\host\\x', 'backslash'],
  ['C:x', 'forbidden-character'],
  ['a:b', 'forbidden-character'],
  ['a*', 'forbidden-character'],
  ['/abs', 'leading-slash'],
  ['a/', 'trailing-slash'],
  ['a//b', 'double-slash'],
  ['..', 'dot-segment'],
  ['../x', 'dot-segment'],
  ['a/../../x', 'dot-segment'],
  ['a/./b', 'dot-segment'],
  ['a./b', 'trailing-dot'],
  ['a ', 'trailing-space'],
  ['a /b', 'trailing-space'],
  ['con', 'device-name'],
  ['Con.txt', 'device-name'],
  ['a/NUL', 'device-name'],
  ['com1.x/y', 'device-name'],
  ['conin$', 'device-name'],
  ['.kvdol', 'reserved'],
  ['a/.kvdol-t-1', 'reserved'],
  ['.KVDOL', 'reserved'],
  ['.hidden', 'hidden'],
  ['a/.b/c', 'hidden'],
  ['x'.repeat(256), 'long-segment'],
  [`a/${'é'.repeat(128)}`, 'long-segment'],
]

it.each(refused)('refuses %j: %s', async (key, reason) => {
  const root = temporaryFolder()
  const store = files(root)
  const calls = [
    store.get(key),
    store.has(key),
    store.stat(key),
    store.set(key, bytes('x')),
    store.delete(key),
  ]
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'InvalidKey', reason, key })
  expect(guarantees(store).rejects).toContain(reason)
  expect(readdirSync(root)).toEqual([])
})

it.each(['user:1', '2026-11-30T18:00:00Z', 'https://example.org/a', 'a//b', 'x'.repeat(300)])(
  'says how to store %j nevertheless',
  async key => {
    await expect(files(temporaryFolder()).set(key, bytes('x'))).rejects.toThrow("use keys: 'encoded'")
  },
)

it.each([
  'a',
  'A',
  'contents',
  'com10',
  'nul-1',
  'a b',
  'a.b.c',
  'x..y',
  '-',
  '~',
  'é',
  'e\u0301',
  '😀',
  '．．',
  '\u200b',
  'x'.repeat(255),
])('takes %j', async key => {
  const root = temporaryFolder()
  const store = files(root)
  await store.set(key, bytes('x'))
  expect(readdirSync(root)).toEqual([key])
  expect(await collect(store.keys())).toEqual([key])
  expect(await collect(files(root).keys())).toEqual([key])
})

it('takes hidden names with the option, and lists, finds and reads the same', async () => {
  const root = temporaryFolder()
  mkdirSync(path.join(root, '.git'))
  writeFileSync(path.join(root, '.git/config'), 'x')
  const hidden = files(root, { hidden: true })
  expect(await collect(hidden.keys())).toEqual(['.git/config'])
  expect(await hidden.has('.git/config')).toBe(true)
  await expect(hidden.get('.kvdol-x')).rejects.toMatchObject({ reason: 'reserved' })
  expect(await collect(files(root).keys())).toEqual([])
  await expect(files(root).has('.git/config')).rejects.toMatchObject({ reason: 'hidden' })
})

it('goes only so deep', async () => {
  const root = temporaryFolder()
  await files(root).set('a/b', bytes('x'))
  await files(root).set('c', bytes('x'))
  for (const keys of ['plain'] as const) {
    const store = files(root, { maxLevels: 0, keys })
    expect(await collect(store.keys())).toEqual(['c'])
    await expect(store.get('a/b')).rejects.toMatchObject({ reason: 'too-deep' })
  }
})

it('lists only what a pattern takes, and refuses the rest by name', async () => {
  const root = temporaryFolder()
  await files(root).set('abc_x.wav', bytes(''))
  await files(root).set('abc_1.wav.bak', bytes(''))
  const store = files(root, { pattern: '{name}_{n:int}.wav' })
  await store.set('abc_12.wav', bytes('x'))
  expect(await collect(store.keys())).toEqual(['abc_12.wav'])
  await expect(store.set('foo.txt', bytes(''))).rejects.toThrow(/\{name\}_\{n:int\}\.wav/)
  await expect(store.get('abc_x.wav')).rejects.toMatchObject({ code: 'InvalidKey', reason: 'pattern' })
})

it('lists nothing for a prefix that no key can have', async () => {
  const around = temporaryFolder()
  const root = path.join(around, 'root')
  mkdirSync(root)
  writeFileSync(path.join(around, 'outside-canary'), '')
  for (const prefix of ['../', '../x', '/', '/etc/', 'a//', './', 'a/../../', '\\\\host\\'])
    expect(await collect(files(root).keys({ prefix }))).toEqual([])
})
