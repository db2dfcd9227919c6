import { getWithStat, jsonValues, pipe, rename, update, writeStream } from '@kvdol/core'
import { respond } from '@kvdol/core/layers'
import { bytes } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { send } from './support/answers.ts'
import { preset, sharedLoopback } from './support/opened.ts'

const { loopback, open, connection } = await sharedLoopback()

/** The requests that a call makes. */
async function sent(call: () => Promise<unknown>): Promise<string[]> {
  const before = loopback.received.length
  await call()
  return loopback.received.slice(before).map(({ method, query, headers }) => {
    const kind = headers['x-amz-copy-source'] ? ' copy' : query.has('partNumber') ? ' part' : ''
    return method + kind
  })
}

describe('a value with its stat', () => {
  it('comes by one request, also for update and a web handler', async () => {
    const { store } = open()
    await store.set('page', bytes('{"n":1}'))
    expect(await sent(() => getWithStat(store, 'page'))).toEqual(['GET'])
    const parsed = pipe(store, jsonValues<{ n: number }>())
    const add = () => update(parsed, 'page', value => ({ n: (value?.n ?? 0) + 1 }))
    expect(await sent(add)).toEqual(['GET', 'PUT'])
    const page = () => respond(store, 'page', new Request('http://127.0.0.1/page'))
    expect(await sent(page)).toEqual(['GET'])
    expect(await (await page()).text()).toBe('{"n":2}')
  })
})

describe('a value that is moved', () => {
  it('is copied by the service where it deletes on condition', async () => {
    const { store } = open()
    await store.set('from', bytes('a'))
    expect(await sent(() => rename(store, 'from', 'to'))).toEqual(['HEAD', 'PUT copy', 'DELETE'])
  })

  it('goes through here in parts elsewhere, and is never whole in memory', async () => {
    const { store, objects } = open({ conditions: ['ifAbsent', 'ifMatch'] })
    const long = bytes('0123456789abcdef'.repeat(2 ** 20))
    await store.set('from', long)
    const moved = await sent(() => rename(store, 'from', 'to'))
    expect(moved.filter(each => each === 'PUT part').length).toBeGreaterThan(2)
    expect(moved.filter(each => each === 'GET')).toHaveLength(1)
    expect(Buffer.compare(objects.objects.get('to')?.body ?? Buffer.alloc(0), long)).toBe(0)
    expect(objects.objects.has('from')).toBe(false)
  })
})

describe('a service that mixes two writes in its answers to HEAD', () => {
  it('is asked until two answers in a row agree', async () => {
    const { store } = open({ connection: { ...connection, preset: preset({ mixedHeads: true }) } })
    const heads = [
      { etag: '"new"', length: '3' },
      { etag: '"new"', length: '5' },
      { etag: '"new"', length: '5' },
    ]
    loopback.script = ({ method }, response) => {
      const head = method === 'HEAD' ? heads.shift() : undefined
      if (head === undefined) return false
      return send(response, 200, { etag: head.etag, 'content-length': head.length })
    }
    expect(await store.stat('a')).toMatchObject({ size: 5, etag: '"new"' })
    expect(heads).toEqual([])
    expect(await store.stat('missing')).toBeUndefined()
  })
})

describe('an etag that no value of S3 has', () => {
  it.each(['*', ' * ', '"a", "b"', 'W/"a",W/"b"', 'a,b', ' '])(
    'is a conflict and is never sent: %s',
    async ifMatch => {
      const { store, objects } = open()
      await store.set('a', bytes('old'))
      const refused = { code: 'Conflict', outcome: 'not-applied' }
      const asked = await sent(async () => {
        await expect(store.set('a', bytes('new'), { ifMatch })).rejects.toMatchObject(refused)
        await expect(store.delete('a', { ifMatch })).rejects.toMatchObject(refused)
      })
      expect(asked).toEqual([])
      await expect(writeStream(store, 'a', [new Uint8Array(6 << 20)], { ifMatch })).rejects.toMatchObject(
        refused,
      )
      expect(objects.objects.get('a')?.body.toString()).toBe('old')
    },
  )
})
