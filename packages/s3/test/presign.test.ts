import { createHash } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import { mapKeys, memory, pipe, prefix, readOnly, suffix } from '@kvdol/core'
import { bytes, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { bucket, presign } from '../src/index.ts'
import { ACCOUNT } from './support/loopback.ts'
import { sharedLoopback } from './support/opened.ts'

const { loopback, open } = await sharedLoopback()

describe('presign', () => {
  it.each(['a b', 'a/b c', 'a?X-Amz-Expires=1&X-Amz-Date=x', 'é#😀', 'a+b%20'])(
    'names exactly one object: %j',
    async key => {
      const { store, name } = open({ prefix: 'films' })
      const address = new URL((await presign(store, key)) as string)
      // The parser of URLs is not the one that made it.
      expect(address.pathname.split('/').map(decodeURIComponent).join('/')).toBe(`/${name}/films/${key}`)
      expect(address.searchParams.getAll('X-Amz-Expires')).toEqual(['3600'])
      expect(address.href).not.toContain(ACCOUNT.secretAccessKey)
      expect(address.hash).toBe('')
    },
  )

  it('goes through transforms of keys, and gives bytes to anybody who has it', async () => {
    const { store } = open()
    const films = pipe(store, mapKeys(prefix('films/')), mapKeys(suffix('.mp4')))
    await films.set('intro', bytes('frames'))
    const address = (await presign(films, 'intro', { expiresIn: 60 })) as string
    const answer = await fetch(address)
    expect(await answer.text()).toBe('frames')
    const put = (await presign(films, 'outro', { method: 'PUT' })) as string
    expect(put).not.toMatch(/checksum/i)
    await fetch(put, { method: 'PUT', body: 'credits' })
    expect(
      createHash('md5')
        .update((await films.get('outro')) as Uint8Array)
        .digest('hex'),
    ).toBe(createHash('md5').update('credits').digest('hex'))
  })

  it('lasts a week at most', async () => {
    const { store } = open()
    const address = new URL((await presign(store, 'a', { expiresIn: 8 * 24 * 3600 })) as string)
    expect(address.searchParams.get('X-Amz-Expires')).toBe('604800')
  })

  it('signs nothing for nobody', async () => {
    const store = bucket('public', { connection: { endpoint: loopback.endpoint, anonymous: true } })
    expect(await presign(store, 'a')).toBe(undefined)
    await store.close()
  })

  it('writes nothing to a store that can only be read, through any transforms', async () => {
    const { store } = open()
    await store.set('films/a', bytes('a'))
    loopback.received.length = 0
    for (const closed of [readOnly(store), pipe(readOnly(store), mapKeys(prefix('films/')))]) {
      for (const method of ['PUT', 'DELETE'] as const)
        await expect(presign(closed as typeof store, 'a', { method })).rejects.toMatchObject({
          code: 'ReadOnly',
          op: 'presign',
          key: 'a',
        })
      for (const method of ['GET', 'HEAD'] as const)
        expect(await presign(closed, 'a', { method })).toContain('X-Amz-Signature')
    }
    expect(loopback.received).toEqual([])
  })

  it('is refused by a store that is closed', async () => {
    const { store } = open()
    await store.close()
    await expect(presign(store, 'a')).rejects.toMatchObject({ code: 'Closed' })
  })

  it('signs with a client of the caller, also without the checksum of a body', async () => {
    const { name } = open()
    const { endpoint } = loopback
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: ACCOUNT })
    const store = bucket(name, { client, preset: 'aws' })
    const put = (await presign(store, 'a', { method: 'PUT' })) as string
    expect(put).not.toMatch(/checksum/i)
    await fetch(put, { method: 'PUT', body: 'by anybody' })
    expect(text(await store.get('a'))).toBe('by anybody')
    client.destroy()
  })

  it('refuses bad keys and options, and stores of another kind', async () => {
    const { store } = open()
    await expect(presign(store, '')).rejects.toMatchObject({ code: 'InvalidKey' })
    await expect(presign(store, '../x')).rejects.toMatchObject({ code: 'InvalidKey' })
    await expect(presign(store, 'a', { expiresIn: 0 })).rejects.toMatchObject({ code: 'InvalidArgument' })
    await expect(presign(store, 'a', { method: 'POST' as 'GET' })).rejects.toMatchObject({
      code: 'InvalidArgument',
    })
    await expect(presign(store, 'a', { days: 1 } as object)).rejects.toMatchObject({
      code: 'InvalidArgument',
    })
    await expect(presign(memory(), 'a')).rejects.toMatchObject({ code: 'Unsupported' })
  })
})
