import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { memory, StoreError } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import { archived, mergedZips, unzipTo, zip, zipped, zips } from '../src/index.ts'
import { bytes, temporaryFolder } from './support/helpers.ts'

describe('bad options and sources throw TypeError at once', () => {
  it.each([
    { level: 10 },
    { level: 1.5 },
    { mustExist: 1 },
    { onForeign: 'log' },
    { unsafe: 'yes' },
    { duplicates: 'all' },
    { names: 'latin1' },
    { limits: 5 },
    { limits: { ratio: 0 } },
    { limits: { bytes: 10 } },
    { timeout: 0 },
    { deterministic: 'yes' },
    { overwrite: 0 },
    { autoFlush: 'yes' },
    { sync: true },
    { compression: 9 },
  ])('%j', options => {
    expect(() => zip('a.zip', options as object)).toThrow(TypeError)
  })
  it.each([
    undefined,
    null,
    '',
    'a\0b',
    5,
    {},
    { store: memory() },
    { key: 'a' },
    { size: () => 1 },
    new URL('ftp://x/y'),
    'https://x/y.zip',
    new URL('https://x/y.zip'),
  ])('the source %j', source => {
    expect(() => zip(source as never)).toThrow(TypeError)
  })
  it('an archive on the web is pointed to the store that reads it', () => {
    for (const source of ['https://x/y.zip', new URL('http://x/y.zip')])
      expect(() => zip(source as never)).toThrow(/internet\(\)/)
  })
  it('a path in a folder that only shells know', () => {
    for (const path of ['~/a.zip', '~'])
      expect(() => zip(path)).toThrow("zip: only shells know ~; write path.join(os.homedir(), …), or './~'")
  })
  it('the value that was given is named', () => {
    expect(() => zip('a.zip', { unsafe: 'yes' as never })).toThrow(/zip: unsafe is .* not 'yes'/)
    expect(() => zip('a.zip', { limits: { ratio: 0 } })).toThrow(/ratio .* not 0/)
  })
  it('also those of the other functions', async () => {
    expect(() => zip('a.zip', null as never)).toThrow(TypeError)
    expect(() => zipped({ level: 11 })).toThrow(TypeError)
    expect(() => zipped({ name: '' })).toThrow(TypeError)
    expect(() => archived({ unsafe: 'no' as never })).toThrow(TypeError)
    expect(() => zips({ nothing: 1 } as object)).toThrow(TypeError)
    expect(() => mergedZips([], { nothing: 1 } as object)).toThrow(TypeError)
    await expect(unzipTo(bytes(''), memory(), { unsafe: 'maybe' as never })).rejects.toThrow(TypeError)
  })
  it('undefined is as if it were not there, and nothing is touched before the first call', () => {
    const file = path.join(temporaryFolder(), 'a.zip')
    zip(file, { level: undefined, limits: { ratio: undefined } })
    expect(existsSync(path.dirname(file))).toBe(true)
    expect(existsSync(file)).toBe(false)
  })
})

describe('errors of the file system', () => {
  it('a path through a file is an error, not an absence', async () => {
    const folder = temporaryFolder()
    writeFileSync(path.join(folder, 'file'), '')
    const store = zip(path.join(folder, 'file/a.zip'))
    await expect(store.get('a')).rejects.toMatchObject({ code: 'Unavailable', retryable: false })
    await expect(store.set('a', bytes('a'))).rejects.toBeInstanceOf(StoreError)
  })
})
