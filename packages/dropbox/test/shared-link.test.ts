import { readStream } from '@kvdol/core'
import { closedAfterTest, collect, joined, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { type SharedLinkOptions, sharedLink } from '../src/index.ts'
import { sharedServer } from './support/opened.ts'

const { service, urls } = await sharedServer()
const url = 'https://www.dropbox.com/scl/fo/abc?rlkey=canary'

for (const path of [
  'Photos/a.jpg',
  'Photos/2026/May/b.jpg',
  'Photos/2026/c.jpg',
  'private.txt',
  'Photos/~$tmp',
])
  if (!path.includes('~')) service.files.put({ path: `/Shared/${path}` }, Buffer.from(path))

/** The folder of a link, of which `password` is the link's own. */
function opened(options: SharedLinkOptions = {}, password?: string) {
  service.links.set(url, { root: '/Shared/Photos', ...(password !== undefined && { password }) })
  return closedAfterTest(sharedLink(url, { token: service.newToken(), timeout: 5000, ...urls, ...options }))
}

describe('sharedLink', () => {
  it('lists, reads and describes the files of the folder, and no others', async () => {
    const store = opened()
    expect((await collect(store.keys())).sort()).toEqual(['2026/May/b.jpg', '2026/c.jpg', 'a.jpg'])
    expect((await collect(store.keys({ prefix: '2026/M' }))).sort()).toEqual(['2026/May/b.jpg'])
    expect(await collect(store.keys({ prefix: 'none/' }))).toEqual([])
    expect(text(await store.get('2026/c.jpg'))).toBe('Photos/2026/c.jpg')
    expect(await store.stat('a.jpg')).toMatchObject({ size: 12 })
    expect(text(await joined((await readStream(store, 'a.jpg', { start: 0, end: 6 })) ?? []))).toBe('Photos')
    for (const key of ['A.jpg', 'none', '2026', 'a.jpg/x', 'private.txt']) {
      expect(await store.get(key)).toBeUndefined()
      expect(await store.has(key)).toBe(false)
    }
    expect(await rejection(store.get('../private.txt'))).toMatchObject({ code: 'InvalidKey' })
  })

  it('wants the password, and a link that is gone is no absent key', async () => {
    const store = opened({}, 'canary-password')
    expect(await rejection(store.get('a.jpg'))).toMatchObject({ code: 'PermissionDenied' })
    expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'PermissionDenied' })
    expect(text(await opened({ password: 'canary-password' }, 'canary-password').get('a.jpg'))).toBe(
      'Photos/a.jpg',
    )
    service.links.delete(url)
    const error = await rejection(store.get('a.jpg'))
    expect(error).toMatchObject({ code: 'Unavailable', retryable: false })
    expect(error.message).not.toContain('canary')
    expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'Unavailable' })
  })
})
