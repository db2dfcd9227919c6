import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { graze } from '@kvdol/graze'
import { collect, temporaryFolder } from '@kvdol/test-support'
import { expect, it, onTestFinished } from 'vitest'
import { jokes } from './jokes.ts'

const COLLECTION = [
  { id: 1, title: 'Cows', category: 'Animal', body: 'What do you call a cow with no legs? Ground beef.' },
  {
    id: 7,
    title: 'UDP',
    category: 'Tech',
    body: 'I would tell you a joke about UDP, but you might not get it.',
  },
]

it('fetches a collection once, and reads it after the server has gone', async () => {
  const server = createServer((_, response) => response.end(JSON.stringify(COLLECTION)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jokes.json`
  const cache = temporaryFolder()
  {
    await using web = graze({ cache })
    expect(await (await jokes(web, url)).get(7)).toEqual(COLLECTION[1])
  }
  server.close()
  await using offline = graze({ cache, offline: true })
  const all = await jokes(offline, url)
  expect(await collect(all.keys())).toEqual([1, 7])
  const found = (await collect(all.values())).filter(({ body }) => body.includes('cow'))
  expect(found.map(({ title }) => title)).toEqual(['Cows'])
})
