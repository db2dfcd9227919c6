import { isStoreError, rename, type StoreError, take, writeStream } from '@kvdol/core'
import { bytes, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { fail, send, sendXml } from './support/answers.ts'
import { startLoopback } from './support/loopback.ts'
import { asked, preset, sharedLoopback, times } from './support/opened.ts'

const { loopback, open, connection } = await sharedLoopback()

const MiB = 1024 * 1024

async function* chunks(total: number, size = 65_536): AsyncGenerator<Uint8Array, void, undefined> {
  for (let sent = 0; sent < total; sent += size)
    yield new Uint8Array(Math.min(size, total - sent)).fill(sent / size)
}

describe('a lost answer', () => {
  it('to a plain write is made good by writing again', async () => {
    const { store } = open()
    loopback.script = times(1, (_, response, handle) => {
      response.end = () => response.destroy() as never
      handle()
      return true
    })
    await store.set('key', bytes('value'))
    expect(asked(loopback, 'PUT')).toBe(2)
    expect(text(await store.get('key'))).toBe('value')
  })

  it.each(['ifAbsent', 'ifMatch'] as const)(
    'to a write with %s is no Conflict with itself',
    async condition => {
      const { store } = open()
      const options = condition === 'ifAbsent' ? { ifAbsent: true } : { ifMatch: await etagAfterSet() }
      loopback.script = times(1, ({ method }, response, handle) => {
        if (method !== 'PUT') return false
        response.end = () => response.destroy() as never
        handle()
        return true
      })
      await store.set('key', bytes('mine'), options)
      expect(text(await store.get('key'))).toBe('mine')

      async function etagAfterSet(): Promise<string> {
        await store.set('key', bytes('before'))
        return (await store.stat('key'))?.etag as string
      }
    },
  )

  it('does not make a win of somebody else’s write, not even of the same bytes', async () => {
    const { store, objects } = open()
    loopback.script = times(1, ({ method }, response) => {
      if (method !== 'PUT') return false
      objects.put('key', Buffer.from('same'))
      response.destroy()
      return true
    })
    await expect(store.set('key', bytes('same'), { ifAbsent: true })).rejects.toMatchObject({
      code: 'Conflict',
      outcome: 'unknown',
    })
  })

  it('to the end of an upload is looked up', async () => {
    const { store, objects } = open()
    loopback.script = times(1, ({ method, query }, response, handle) => {
      if (method !== 'POST' || !query.has('uploadId')) return false
      response.end = () => response.destroy() as never
      handle()
      return true
    })
    await writeStream(store, 'key', chunks(9 * MiB), { ifAbsent: true })
    expect(objects.objects.get('key')?.body.length).toBe(9 * MiB)
    expect(objects.uploads.size).toBe(0)
  })

  it('that is never found again has an unknown outcome', async () => {
    const { store } = open()
    loopback.script = (_, response) => {
      response.destroy()
      return true
    }
    for (const call of [() => store.set('a', bytes('a')), () => store.delete('a')])
      await expect(call()).rejects.toMatchObject({ code: 'Unavailable', outcome: 'unknown', retryable: true })
  })
})

describe('conditions', () => {
  it('that meet another write are tried again, and those that do not hold are not', async () => {
    const { store } = open()
    loopback.script = times(
      2,
      ({ method }, response) => method === 'PUT' && fail(response, 409, 'ConditionalRequestConflict'),
    )
    await store.set('key', bytes('a'), { ifAbsent: true })
    expect(asked(loopback, 'PUT')).toBe(3)
    loopback.received.length = 0
    await expect(store.set('key', bytes('b'), { ifAbsent: true })).rejects.toMatchObject({
      code: 'Conflict',
      retryable: false,
      outcome: 'not-applied',
    })
    expect(asked(loopback, 'PUT')).toBe(1)
  })

  it('that are not known to be honoured are refused before anything is sent', async () => {
    const { store } = open({ connection: { ...connection, preset: preset({ conditions: [] }) } })
    const refused = { code: 'Unsupported' }
    await expect(store.set('a', bytes('a'), { ifAbsent: true })).rejects.toMatchObject(refused)
    await expect(store.set('a', bytes('a'), { ifMatch: '"x"' })).rejects.toMatchObject(refused)
    await expect(store.delete('a', { ifMatch: '"x"' })).rejects.toMatchObject(refused)
    await expect(writeStream(store, 'a', [], { ifAbsent: true })).rejects.toMatchObject(refused)
    expect(loopback.received).toEqual([])
  })

  it('of a delete hold, also when there is nothing', async () => {
    const { store } = open()
    await store.set('key', bytes('a'))
    const etag = (await store.stat('key'))?.etag as string
    await expect(store.delete('key', { ifMatch: '"other"' })).rejects.toMatchObject({ code: 'Conflict' })
    await store.delete('key', { ifMatch: etag })
    await expect(store.delete('key', { ifMatch: etag })).rejects.toMatchObject({ code: 'Conflict' })
    await store.delete('key')
  })
})

describe('200 OK with an error in it', () => {
  const xml = '<Error><Code>InternalError</Code><Message>We encountered an internal error</Message></Error>'

  it('at the end of an upload is a failure, and tried again', async () => {
    const { store, objects } = open()
    loopback.script = times(
      1,
      ({ method, query }, response) => method === 'POST' && query.has('uploadId') && sendXml(response, xml),
    )
    await writeStream(store, 'key', chunks(9 * MiB))
    expect(objects.objects.get('key')?.body.length).toBe(9 * MiB)
    loopback.script = ({ method, query }, response) =>
      method === 'POST' && query.has('uploadId') && sendXml(response, xml)
    await expect(writeStream(store, 'other', chunks(9 * MiB))).rejects.toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
    expect(objects.uploads.size).toBe(0)
  })

  it('of a copy is a failure, and what was to be moved stays', async () => {
    const { store, objects } = open()
    await store.set('from', bytes('a'))
    loopback.script = ({ headers }, response) =>
      headers['x-amz-copy-source'] !== undefined && sendXml(response, xml)
    await expect(rename(store, 'from', 'to')).rejects.toMatchObject({ code: 'Unavailable' })
    expect([...objects.objects.keys()]).toEqual(['from'])
  })
})

describe('uploads', () => {
  it.each([1, 2, 3])('that are aborted at part %d leave nothing', async part => {
    const { store, objects } = open()
    await store.set('key', bytes('old'))
    const controller = new AbortController()
    loopback.script = ({ query }) => {
      if (query.get('partNumber') !== String(part)) return false
      controller.abort()
      return true
    }
    const writing = writeStream(store, 'key', chunks(30 * MiB), { signal: controller.signal })
    await expect(writing).rejects.toMatchObject({ code: 'Aborted' })
    await store.close()
    expect(objects.uploads.size).toBe(0)
    expect(objects.objects.get('key')?.body.toString()).toBe('old')
  })

  it('whose part or source fails leave nothing', async () => {
    const { store, objects } = open()
    loopback.script = ({ query }, response) =>
      query.get('partNumber') === '2' && fail(response, 403, 'AccessDenied')
    await expect(writeStream(store, 'key', chunks(30 * MiB))).rejects.toMatchObject({
      code: 'PermissionDenied',
      outcome: 'not-applied',
    })
    loopback.script = undefined
    async function* failing() {
      yield* chunks(20 * MiB)
      throw new Error('the disk is gone')
    }
    await expect(writeStream(store, 'key', failing())).rejects.toThrow(/the disk is gone/)
    await expect(writeStream(store, 'key', chunks(20 * MiB), { size: 5 })).rejects.toMatchObject({
      code: 'InvalidValue',
    })
    expect(objects.uploads.size).toBe(0)
    expect(objects.objects.size).toBe(0)
  })

  it('keep the bytes of chunks whose memory is used again', async () => {
    const { store, objects } = open()
    async function* reused() {
      const chunk = new Uint8Array(MiB)
      for (let index = 0; index < 20; index++) yield chunk.fill(index)
    }
    await writeStream(store, 'key', reused())
    const body = objects.objects.get('key')?.body as Buffer
    expect(
      Array.from({ length: 20 }, (_, index) => [body[index * MiB], body[(index + 1) * MiB - 1]]),
    ).toEqual(Array.from({ length: 20 }, (_, index) => [index, index]))
  })

  it('of long values go in parts', async () => {
    const { store, objects } = open()
    const value = new Uint8Array(17 * MiB).fill(7)
    await store.set('key', value)
    expect(objects.objects.get('key')?.body.equals(value)).toBe(true)
    expect(loopback.received.filter(({ query }) => query.has('partNumber'))).toHaveLength(4)
  })
})

describe('batches of deletes', () => {
  it('are split by 1000, and tell what failed by key', async () => {
    const { store, objects } = open()
    const keys = Array.from({ length: 1001 }, (_, index) => `key ${index} <&>`)
    for (const key of [...keys, '\u0001']) objects.put(key, Buffer.from(''))
    const refusal =
      '<Error><Key>key 7 &lt;&amp;&gt;</Key><Code>AccessDenied</Code><Message>no</Message></Error>'
    loopback.script = ({ query, body }, response) =>
      query.has('delete') &&
      body.includes('<Key>key 7 &lt;') &&
      sendXml(response, `<DeleteResult>${refusal}</DeleteResult>`)
    const error = (await store.deleteMany([...keys, '\u0001']).catch((error: unknown) => error)) as StoreError
    expect(
      isStoreError(error, 'PermissionDenied') && [...(error.failures ?? [])].map(([key]) => key),
    ).toEqual(['key 7 <&>'])
    expect(asked(loopback, 'POST', 'delete')).toBe(2)
    // What XML cannot hold goes by itself.
    expect(asked(loopback, 'DELETE')).toBe(1)
  })

  it('of ten thousand take ten requests', async () => {
    const { store } = open()
    await store.deleteMany(Array.from({ length: 10_000 }, (_, index) => `key-${index}`))
    expect(loopback.received).toHaveLength(10)
  })
})

describe('redirects', () => {
  it.each([301, 302, 307, 308])('%d to another host are not followed', async status => {
    await using elsewhere = await startLoopback()
    const { store } = open()
    for (const [told, reason] of [
      [{ 'x-amz-bucket-region': 'eu-west-1' }, 'wrong-region'],
      [{}, 'answer'],
    ] as const) {
      loopback.script = (_, response) =>
        send(response, status, { location: `${elsewhere.endpoint}/bucket/key`, ...told })
      for (const call of [() => store.get('key'), () => store.set('key', bytes('a')), () => store.size()])
        await expect(call()).rejects.toMatchObject({ code: 'Unavailable', reason })
    }
    expect(elsewhere.received).toEqual([])
  })
})

describe('take', () => {
  it('of racing takers one gets the value where the service deletes conditionally', async () => {
    const { store } = open()
    await store.set('job', bytes('1'))
    const taken = await Promise.all(Array.from({ length: 20 }, () => take(store, 'job')))
    expect(taken.filter(value => value !== undefined).map(value => text(value))).toEqual(['1'])
  })

  it('is refused where it does not, unless asked for otherwise', async () => {
    const { store } = open({
      connection: { ...connection, preset: preset({ conditions: ['ifAbsent', 'ifMatch'] }) },
    })
    await store.set('job', bytes('1'))
    await expect(take(store, 'job')).rejects.toMatchObject({ code: 'Unsupported' })
    expect(text(await take(store, 'job', { unguarded: true }))).toBe('1')
    expect(await store.has('job')).toBe(false)
  })
})
