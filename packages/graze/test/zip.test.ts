import { randomBytes } from 'node:crypto'
import { memory, pipe, textValues } from '@kvdol/core'
import { bytes, closedAfterTest, collect, joined, rejection, text } from '@kvdol/test-support'
import { zip, zipOf } from '@kvdol/zip'
import { expect, it } from 'vitest'
import { internet } from '../src/index.ts'
import { ranged, web } from './support/web.ts'

const LARGE = 2_000_000

async function archiveOf(greeting: string): Promise<Uint8Array> {
  const content = memory()
  await pipe(content, textValues()).set('greeting.txt', greeting)
  await content.set('large.bin', new Uint8Array(randomBytes(LARGE)))
  return await joined(zipOf(content))
}

it('opens an archive on the web and reads no more of it than it needs', async () => {
  const archive = await archiveOf('hello')
  let sent = 0
  const server = await web((request, response, count) => {
    const write = response.end.bind(response)
    response.end = ((chunk?: Uint8Array) => {
      if (request.method !== 'HEAD') sent += chunk?.length ?? 0
      return write(chunk as Uint8Array)
    }) as never
    return ranged(archive, '"1"')(request, response, count)
  })
  const files = closedAfterTest(zip({ store: closedAfterTest(internet()), key: `${server.origin}/a.zip` }))
  expect((await collect(files.keys())).sort()).toEqual(['greeting.txt', 'large.bin'])
  expect(text(await files.getOrThrow('greeting.txt'))).toBe('hello')
  expect(sent).toBeLessThan(LARGE / 4)
  expect((await files.getOrThrow('large.bin')).byteLength).toBe(LARGE)
})

it('never mixes two archives of one address', async () => {
  let [archive, etag] = [await archiveOf('first'), '"1"']
  const server = await web((request, response, count) => ranged(archive, etag)(request, response, count))
  const files = closedAfterTest(zip({ store: closedAfterTest(internet()), key: `${server.origin}/a.zip` }))
  expect(text(await files.getOrThrow('greeting.txt'))).toBe('first')
  ;[archive, etag] = [await archiveOf('a second greeting'), '"2"']
  const got = await files.get('greeting.txt').then(text, error => error.code)
  expect(['a second greeting', 'Conflict', 'Corrupt']).toContain(got)
})

it('tells a missing archive from a server that fails', async () => {
  const server = await web((_, response) => response.writeHead(500).end())
  const files = () => closedAfterTest(zip({ store: internet({ retries: 0 }), key: `${server.origin}/a.zip` }))
  expect(await rejection(files().get('a'))).toMatchObject({ code: 'Unavailable' })
  server.answer = (_, response) => response.writeHead(200, { 'content-length': 5 }).end(bytes('nope!'))
  expect(await rejection(files().get('a'))).toMatchObject({ code: 'Corrupt' })
})
