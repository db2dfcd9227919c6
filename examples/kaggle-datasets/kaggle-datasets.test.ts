import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isStoreError, memory, pipe, textValues } from '@kvdol/core'
import { collect, joined, temporaryFolder, text } from '@kvdol/test-support'
import { zipOf } from '@kvdol/zip'
import { expect, it, onTestFinished } from 'vitest'
import { kaggleDatasets } from './kaggle-datasets.ts'

async function serve(listener: RequestListener) {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Datasets behind an account; the archives themselves lie on another server, which is not to see the account. */
async function kaggle() {
  const content = memory()
  await pipe(content, textValues()).set('train.csv', 'a,b\n1,2\n')
  const archive = await joined(zipOf(content))
  const asked: string[] = []
  const storage = await serve(({ headers }, response) => {
    asked.push(`storage, ${headers.authorization ?? 'nobody'}`)
    response.end(archive)
  })
  const origin = await serve(({ url, headers }, response) => {
    asked.push(`${url}, ${Buffer.from(headers.authorization?.slice(6) ?? '', 'base64')}`)
    if (headers.authorization !== `Basic ${Buffer.from('ann:k3y').toString('base64')}`)
      response.writeHead(401).end()
    else if (url?.endsWith('/wine')) response.writeHead(302, { location: `${storage}/signed?for=ann` }).end()
    else response.writeHead(404).end()
  })
  return { origin, asked }
}

it('downloads a dataset once, with the account, and opens it', async () => {
  const { origin, asked } = await kaggle()
  const cache = temporaryFolder()
  for (const _ of ['first', 'second']) {
    await using datasets = kaggleDatasets({ username: 'ann', key: 'k3y', origin, cache })
    const wine = await datasets.getOrThrow('owner/wine')
    expect(text(await wine.getOrThrow('train.csv'))).toBe('a,b\n1,2\n')
    expect(await collect(datasets.keys())).toEqual(['owner/wine'])
  }
  expect(asked).toEqual(['/api/v1/datasets/download/owner/wine, ann:k3y', 'storage, nobody'])
})

it('tells what is not there from what is not allowed', async () => {
  const { origin } = await kaggle()
  await using datasets = kaggleDatasets({ username: 'ann', key: 'k3y', origin, cache: memory() })
  expect(await datasets.get('owner/none')).toBeUndefined()
  await using other = kaggleDatasets({ username: 'bob', key: 'wr0ng', origin, cache: memory() })
  const error = await other.get('owner/wine').catch(thrown => thrown)
  expect(isStoreError(error, 'Unauthenticated')).toBe(true)
  expect(String(error)).not.toContain('wr0ng')
})
