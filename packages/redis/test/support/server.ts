import { randomUUID } from 'node:crypto'
import { createClient, createCluster } from 'redis'
import { afterAll } from 'vitest'

/** A client for the tests of one file, which speaks bytes. */
export async function openServer(url: string) {
  const plain = createClient({ url })
  plain.on('error', () => {})
  await plain.connect()
  afterAll(() => plain.destroy())
  return Object.assign(plain, { url, freshPrefix })
}

export type Server = Awaited<ReturnType<typeof openServer>>

/** A client of a cluster, for the tests of one file. */
export async function openCluster(url: string) {
  const cluster = createCluster({ rootNodes: [{ url }] })
  cluster.on('error', () => {})
  await cluster.connect()
  afterAll(() => cluster.destroy())
  return Object.assign(cluster, { url, freshPrefix })
}

export type Cluster = Awaited<ReturnType<typeof openCluster>>

/** A prefix that nobody else uses. */
function freshPrefix(tag = ''): string {
  return `${tag}kvdol-${randomUUID()}:`
}
