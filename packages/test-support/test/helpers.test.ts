import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { StoreError } from '@kvdol/core'
import { afterAll, describe, expect, it } from 'vitest'
import {
  afterTest,
  bytes,
  closedAfterTest,
  collect,
  fastFolder,
  joined,
  openDescriptors,
  refusal,
  rejection,
  temporaryFolder,
  text,
} from '../src/index.ts'

const error = new StoreError('Conflict', 'there is a value already')
const fail = (what: unknown) => () => {
  throw what
}

describe('refusals', () => {
  it('are what a function throws', () => expect(refusal(fail(error))).toBe(error))
  it('are none when it returns', () => expect(() => refusal(() => 5)).toThrow('it was accepted, with 5'))
  it('are no other errors', () => expect(() => refusal(fail(new TypeError('bug')))).toThrow('bug'))

  it('are what a call rejects with, or throws', async () => {
    expect(await rejection(Promise.reject(error))).toBe(error)
    expect(await rejection(async () => fail(error)())).toBe(error)
    expect(await rejection(fail(error))).toBe(error)
  })
  it('are missed when it resolves', () =>
    expect(rejection(Promise.resolve())).rejects.toThrow('it resolved, with undefined'))
  it('are no other rejections', () =>
    expect(rejection(Promise.reject(new TypeError('bug')))).rejects.toThrow('bug'))
})

describe('bytes', () => {
  it('are UTF-8, with every character kept', () => {
    expect(bytes('é')).toEqual(new Uint8Array([0xc3, 0xa9]))
    expect(text(bytes('\ufeffa'))).toBe('\ufeffa')
    expect(text(undefined)).toBeUndefined()
    expect(() => text(new Uint8Array([0xff]))).toThrow(TypeError)
  })

  it('are collected and joined', async () => {
    const parts = async function* () {
      yield bytes('ab')
      yield bytes('c')
    }
    expect(await collect(parts())).toEqual([bytes('ab'), bytes('c')])
    expect(await joined(parts())).toEqual(bytes('abc'))
    expect(Buffer.isBuffer(await joined([]))).toBe(false)
  })
})

describe('what is made for a test', () => {
  const folders: string[] = []
  const ends: string[] = []
  const shared = temporaryFolder()
  afterAll(() => {
    // Registered later than the package's own, so it runs first.
    expect(existsSync(shared)).toBe(true)
  })

  it('lives as long as the test', () => {
    for (const folder of [temporaryFolder(), fastFolder()]) {
      writeFileSync(path.join(folder, 'file'), '')
      folders.push(folder)
    }
    afterTest(() => ends.push('first'))
    closedAfterTest({ close: () => void ends.push('second') })
    expect(ends).toEqual([])
  })

  it('is gone afterwards, the last first', () => {
    expect(folders.map(folder => existsSync(folder))).toEqual([false, false])
    expect(ends).toEqual(['second', 'first'])
    expect(existsSync(shared)).toBe(true)
  })

  describe('side by side', () => {
    let both = 0
    it.concurrent.each([1, 2])('stays until all are done (%i)', async () => {
      const folder = temporaryFolder()
      both++
      while (both < 2) await new Promise(setImmediate)
      await new Promise(setImmediate)
      expect(existsSync(folder)).toBe(true)
    })
  })
})

it('counts descriptors', ctx => {
  const before = openDescriptors()
  if (before === undefined) return ctx.skip('this system has no /proc')
  const descriptor = openSync(new URL(import.meta.url), 'r')
  expect(openDescriptors()).toBe(before + 1)
  closeSync(descriptor)
  expect(openDescriptors()).toBe(before)
  expect(openDescriptors(process.pid)).toBe(before)
  return undefined
})
