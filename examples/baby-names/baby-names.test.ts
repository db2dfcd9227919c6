import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memory, pipe, textValues } from '@kvdol/core'
import { graze } from '@kvdol/graze'
import { collect, joined, temporaryFolder } from '@kvdol/test-support'
import { zipOf } from '@kvdol/zip'
import { expect, it, onTestFinished } from 'vitest'
import { babyNames } from './baby-names.ts'

/** A server that has the archive, and how often it was asked. */
async function archiveOnTheWeb() {
  const tables = memory()
  await pipe(tables, textValues()).setMany([
    ['AK.TXT', 'AK,F,1910,Mary,14\r\nAK,F,1910,Annie,12\r\nAK,M,2023,"O\'Neil",5\r\n'],
    ['WY.TXT', 'WY,M,1910,John,20\r\n'],
    ['StateReadMe.pdf', '%PDF-1.7'],
  ])
  const archive = await joined(zipOf(tables))
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.end(archive)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/namesbystate.zip`,
    asked: () => asked,
  }
}

it('reads the tables of an archive on the web, which is downloaded once', async () => {
  const { url, asked } = await archiveOnTheWeb()
  const cache = temporaryFolder()
  for (const _ of ['first', 'second']) {
    await using web = graze({ cache, kind: 'archive' })
    const names = await babyNames(web, url)
    expect(await collect(names.keys())).toEqual(['AK', 'WY'])
    expect(await names.get('AK')).toEqual([
      { state: 'AK', gender: 'F', year: 1910, name: 'Mary', number: 14 },
      { state: 'AK', gender: 'F', year: 1910, name: 'Annie', number: 12 },
      { state: 'AK', gender: 'M', year: 2023, name: "O'Neil", number: 5 },
    ])
    expect(await names.get('XX')).toBeUndefined()
  }
  expect(asked()).toBe(1)
})
