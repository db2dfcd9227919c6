import { clear, isStoreError } from '@kvdol/core'
import { bytes, collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { sendXml } from './support/answers.ts'
import type { Received } from './support/loopback.ts'
import { asked, sharedLoopback } from './support/opened.ts'

const { loopback, open } = await sharedLoopback()

const page = (inner: string) =>
  `<ListBucketResult><EncodingType>url</EncodingType>${inner}</ListBucketResult>`
const isList = ({ query }: Received) => query.has('list-type')

describe('listings', () => {
  it('go past 1000 keys, with tokens of any characters', async () => {
    const { store, objects } = open()
    for (let index = 0; index < 2501; index++)
      objects.put(`key +/=%&${String(index).padStart(4, '0')}`, Buffer.from(''))
    expect(await collect(store.keys())).toHaveLength(2501)
    expect(asked(loopback, 'GET', 'list-type')).toBe(3)
    expect(loopback.unsigned).toEqual([])
    expect(await store.size()).toBe(2501)
  })

  it('ask for no page that nobody wants', async () => {
    const { store, objects } = open()
    for (let index = 0; index < 1500; index++) objects.put(String(index), Buffer.from(''))
    for await (const _ of store.keys()) break
    expect(asked(loopback, 'GET', 'list-type')).toBe(1)
  })

  it.each([
    [
      'a token that comes again',
      '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>',
    ],
    ['more without a token', '<IsTruncated>true</IsTruncated>'],
    [
      'a key outside of the prefix',
      '<IsTruncated>false</IsTruncated><Contents><Key>elsewhere</Key></Contents>',
    ],
    ['a key that is no UTF-8', '<IsTruncated>false</IsTruncated><Contents><Key>in/%ff</Key></Contents>'],
  ])('reject Corrupt for %s', async (_, xml) => {
    const { store } = open({ prefix: 'in' })
    loopback.script = (received, response) => isList(received) && sendXml(response, page(xml))
    await expect(collect(store.keys())).rejects.toMatchObject({ code: 'Corrupt', retryable: false })
  })

  it('go on after an empty page', async () => {
    const { store } = open()
    loopback.script = ({ query }, response) =>
      sendXml(
        response,
        page(
          query.has('continuation-token')
            ? '<IsTruncated>false</IsTruncated><Contents><Key>late</Key></Contents>'
            : '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>',
        ),
      )
    expect(await collect(store.keys())).toEqual(['late'])
  })

  it('decode names as AWS writes them, and leave raw ones as they are', async () => {
    const { store } = open()
    const names = ['a+b', 'a b', 'a%20b', '100%', '<&>"', '\u0001\r\n', '~*', 'é😀']
    for (const name of names) await store.set(name, bytes(name))
    expect((await collect(store.keys())).sort()).toEqual([...names].sort())
    expect(loopback.received.every(each => !isList(each) || each.query.get('encoding-type') === 'url')).toBe(
      true,
    )
    loopback.script = (_, response) =>
      sendXml(
        response,
        '<ListBucketResult><Contents><Key>a+b%20c &amp; d</Key></Contents></ListBucketResult>',
      )
    expect(await collect(store.keys())).toEqual(['a+b%20c & d'])
  })

  it('know nothing of neighbours whose names begin alike', async () => {
    const { store, objects } = open({ prefix: 'logs' })
    for (const name of ['logs/a.txt', 'logs/', 'logs', 'logs2/b', 'other/z'])
      objects.put(name, Buffer.from('x'))
    expect(await collect(store.keys())).toEqual(['a.txt'])
    expect(await store.size()).toBe(1)
    await clear(store, { confirm: true })
    expect([...objects.objects.keys()].sort()).toEqual(['logs', 'logs/', 'logs2/b', 'other/z'])
  })

  it('clear refuses a whole bucket', async () => {
    const { store, objects } = open()
    await store.set('a', bytes('a'))
    await expect(clear(store, { confirm: true })).rejects.toSatisfy(isStoreError)
    expect(objects.objects.has('a')).toBe(true)
    const { store: allowed } = open({ allowClear: true })
    await allowed.set('a', bytes('a'))
    await clear(allowed, { confirm: true })
    expect(await allowed.size()).toBe(0)
  })

  it('tell of objects that no key stands for', async () => {
    const foreign: string[] = []
    const { store, objects } = open({ prefix: 'p', onForeign: ({ name }) => foreign.push(name) })
    for (const name of ['p/', 'p/fine', 'p/a/../b', 'p/.kvdol-probe-1']) objects.put(name, Buffer.from(''))
    expect(await collect(store.keys())).toEqual(['fine'])
    expect(foreign).toEqual(['a/../b'])
  })

  it('expand no entities of a hostile answer', async () => {
    const { store } = open()
    const lol = Array.from(
      { length: 9 },
      (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
    )
    const bomb = `<!DOCTYPE x [<!ENTITY l0 "lol">${lol.join('')}]>${page('<Contents><Key>&l9;</Key></Contents>')}`
    loopback.script = (_, response) => sendXml(response, bomb)
    const before = process.memoryUsage().rss
    const outcome = await collect(store.keys()).catch((error: unknown) => error)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    // Either refused, or taken as the text that it is.
    expect(isStoreError(outcome) || JSON.stringify(outcome).length < 100).toBe(true)
  })
})
