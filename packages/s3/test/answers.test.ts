import { copy, memory, readStream, rename, writeStream } from '@kvdol/core'
import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { buckets, prefixes, restore } from '../src/index.ts'
import { send } from './support/answers.ts'
import type { Received } from './support/loopback.ts'
import { sharedLoopback } from './support/opened.ts'

const { loopback, open, connection } = await sharedLoopback()

/** What stands before a service and answers in its place, always with status 200. */
const PAGES = {
  'a page': '<!DOCTYPE html><html><head><title>Wi-Fi</title></head><body>Sign in<br></body></html>',
  'a page that is XML': '<html><body>Sign in</body></html>',
  nothing: '',
  'other XML': '<?xml version="1.0"?><feed><Name>bucket</Name><Prefix/></feed>',
} as const

const NO_ANSWER = { code: 'Unavailable', reason: 'answer', retryable: false }

const MiB = 1024 * 1024
const long = [new Uint8Array(6 * MiB)]

describe.each(Object.entries(PAGES))('%s with status 200', (_, body) => {
  const instead = (of: (received: Received) => boolean = () => true) => {
    loopback.script = (received, response) =>
      of(received) && send(response, 200, { 'content-type': 'text/html' }, body)
  }

  it.each([
    ['get', 'not-applied'],
    ['has', 'not-applied'],
    ['stat', 'not-applied'],
    ['size', 'not-applied'],
    ['keys', 'not-applied'],
    ['prefixes', 'not-applied'],
    ['readStream', 'not-applied'],
    ['copy', 'not-applied'],
    ['set', 'unknown'],
    ['delete', 'unknown'],
    ['writeStream', 'unknown'],
    ['restore', 'not-applied'],
  ] as const)('is no answer to %s', async (call, outcome) => {
    const { store } = open()
    instead()
    const calls = {
      get: () => store.get('a'),
      has: () => store.has('a'),
      stat: () => store.stat('a'),
      size: () => store.size(),
      keys: () => collect(store.keys()),
      prefixes: () => collect(prefixes(store)),
      readStream: () => readStream(store, 'a'),
      copy: () => copy(store, memory()),
      set: () => store.set('a', bytes('a')),
      delete: () => store.delete('a'),
      writeStream: () => writeStream(store, 'a', [bytes('a')]),
      restore: () => restore(store, 'a', { days: 1 }),
    }
    expect(await rejection(calls[call])).toMatchObject({ ...NO_ANSWER, outcome })
  })

  it('is no answer to a batch of deletes: every key is told', async () => {
    const { store } = open()
    instead()
    const error = await rejection(() => store.deleteMany(['a', 'b']))
    expect([...(error.failures ?? [])].map(([key, { reason }]) => [key, reason])).toEqual([
      ['a', 'answer'],
      ['b', 'answer'],
    ])
  })

  it.each([
    ['the beginning of an upload', ({ query }: Received) => query.has('uploads')],
    ['a part', ({ query }: Received) => query.has('partNumber')],
  ])('is no answer to %s, and leaves the old value', async (_, of) => {
    const { store, objects } = open()
    await store.set('a', bytes('old'))
    instead(of)
    expect(await rejection(writeStream(store, 'a', long))).toMatchObject({
      ...NO_ANSWER,
      outcome: 'not-applied',
    })
    loopback.script = undefined
    expect(text(await store.get('a'))).toBe('old')
    expect(objects.uploads.size).toBe(0)
  })

  it('is no answer to a copy on the server: what was to be moved stays', async () => {
    const { store } = open()
    await store.set('from', bytes('a'))
    instead(({ headers }) => headers['x-amz-copy-source'] !== undefined)
    expect((await rejection(rename(store, 'from', 'to'))).code).toBe('Unavailable')
    loopback.script = undefined
    expect(text(await store.get('from'))).toBe('a')
  })

  it('is no listing of buckets', async () => {
    await using all = buckets(connection)
    instead()
    expect(await rejection(collect(all.keys()))).toMatchObject(NO_ANSWER)
    expect(await rejection(all.has('bucket'))).toMatchObject(NO_ANSWER)
  })

  it('in place of the end of an upload is looked up', async () => {
    const { store, objects } = open()
    loopback.script = ({ method, query }, response, handle) => {
      if (method !== 'POST' || !query.has('uploadId')) return false
      const { end } = response
      response.end = (() => {
        response.end = end
        return response.end(body)
      }) as never
      response.writeHead = ((status: number) => {
        response.statusCode = status
        return response
      }) as never
      handle()
      return true
    }
    await writeStream(store, 'a', long)
    expect(objects.objects.get('a')?.body.length).toBe(6 * MiB)
  })
})
