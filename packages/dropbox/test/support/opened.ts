import type { Store } from '@kvdol/core'
import { closedAfterTest } from '@kvdol/test-support'
import { afterAll, afterEach } from 'vitest'
import { type DropboxOptions, dropbox } from '../../src/index.ts'
import { type Script, startDropboxServer } from './dropbox-server/server.ts'

/** A server for the tests of one file, whose script ends with each test. */
export async function sharedServer() {
  const server = await startDropboxServer()
  const { service } = server
  afterEach(() => {
    server.script = undefined
    server.received.length = 0
    service.pageSize = 2000
    service.unlisted.clear()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  let places = 0
  const urls = { apiUrl: server.url, contentUrl: server.url, notifyUrl: server.url }
  return {
    server,
    service,
    urls,
    /** A store in a folder of its own, with a token that is good unless there is another way in. */
    open(options: DropboxOptions = {}): { store: Store<string, Uint8Array>; root: string } {
      const root = options.root ?? `/place-${++places}`
      const way =
        options.token === undefined && options.refresh === undefined ? { token: service.newToken() } : {}
      return { store: closedAfterTest(dropbox({ ...urls, timeout: 10_000, ...way, ...options, root })), root }
    },
    /** How often a route was asked. */
    asked: (route: string) => server.received.filter(each => each.route === route).length,
  }
}

/** A script that holds for the first so many requests to a route. */
export function times(count: number, route: string, script: Script): Script {
  let left = count
  return (received, ...rest) => {
    if (received.route !== route || left === 0) return undefined
    left--
    return script(received, ...rest)
  }
}
