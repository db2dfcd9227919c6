import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fastFolder, rejection, temporaryFolder } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { conformance } from '../../src/index.ts'
import { type RedisClient, redis } from './redis.ts'
import { type Sftp, sftp } from './sftp.ts'

/** What the sketch asks of a server, answered by a Map. A scan repeats keys, as a real one may. */
function server(
  map = new Map<string, Uint8Array>(),
): RedisClient & { readonly map: Map<string, Uint8Array> } {
  const digest = (key: string) =>
    createHash('sha1')
      .update(map.get(key) ?? '')
      .digest('hex')
  return {
    map,
    get: async key => map.get(key)?.slice() ?? null,
    mGet: async keys => keys.map(key => map.get(key)?.slice() ?? null),
    async set(key, value, options) {
      if (options?.NX && map.has(key)) return null
      map.set(key, value)
      return 'OK'
    },
    del: async keys => keys.filter(key => map.delete(key)).length,
    exists: async key => Number(map.has(key)),
    strLen: async key => map.get(key)?.byteLength ?? 0,
    async *scanIterator({ MATCH }) {
      const prefix = MATCH.slice(0, -1).replace(/\\(.)/gs, '$1')
      const keys = [...map.keys()].filter(key => key.startsWith(prefix))
      yield keys
      yield keys.filter(key => map.has(key)).slice(0, 3)
    },
    async eval(script, { keys: [key = ''], arguments: [etag, value] }) {
      if (!map.has(key) || digest(key) !== etag) return 0
      if (script.includes('DEL')) map.delete(key)
      else map.set(key, value as Uint8Array)
      return 1
    },
    quit: async () => 'OK',
  }
}

describe('the sketch of a Redis adapter', () => {
  const cases = conformance({
    open: () => redis({ client: server(), prefix: 'p:' }),
  })
  for (const { name, run } of cases) it(name, run)

  it('explains the server’s words and hides the password', async () => {
    const client = {
      ...server(),
      set: async () => {
        throw Object.assign(new Error('WRONGTYPE at hunter2'), { name: 'ErrorReply' })
      },
    }
    const error = await rejection(redis({ client, password: 'hunter2' }).set('k', new Uint8Array(1)))
    expect(error).toMatchObject({ code: 'Incompatible', outcome: 'not-applied', key: 'k' })
    expect(String((error.cause as Error).message)).not.toContain('hunter2')
  })

  it('refuses options by name and value', () => {
    expect(() => redis({ client: server(), timeout: -1 })).toThrow(/timeout .*not -1/)
    expect(() => redis({})).toThrow(/give a client/)
  })
})

/** What the sketch asks of a connection, answered by a folder of this machine. */
function connection(): Sftp {
  const status = (code: string | undefined) =>
    code === 'ENOENT' || code === 'ENOTDIR' ? 2 : code === 'EEXIST' ? 11 : 4
  const told = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer
    } catch (error) {
      throw Object.assign(new Error('failure'), { code: status((error as NodeJS.ErrnoException).code) })
    }
  }
  return {
    read: path => told(readFile(path)),
    write: (path, bytes, exclusive) => told(writeFile(path, bytes, { flag: exclusive ? 'wx' : 'w' })),
    async stat(path) {
      const found = await told(stat(path))
      return { size: found.size, modified: found.mtime, isFile: found.isFile() }
    },
    async *list(path) {
      const entries = await told(readdir(path, { withFileTypes: true }))
      yield entries.map(entry => ({ name: entry.name, isFile: entry.isFile() }))
    },
    posixRename: (from, to) => told(rename(from, to)),
    remove: path => told(unlink(path)),
    makeFolders: async path => void (await told(mkdir(path, { recursive: true }))),
    end: async () => {},
  }
}

describe('the sketch of an SFTP adapter', () => {
  const connect = async () => connection()
  const open = () => sftp(join(fastFolder(), 'root'), { connect })
  for (const { name, run } of conformance({ open })) it(name, run)

  it('keeps away from a folder with other files', async () => {
    const root = temporaryFolder()
    await writeFile(join(root, 'mine.txt'), 'x')
    expect(await rejection(sftp(root, { connect }).set('b', new Uint8Array(1)))).toMatchObject({
      code: 'Incompatible',
    })
  })

  it('makes a folder again that was removed behind its back', async () => {
    const root = join(temporaryFolder(), 'root')
    const store = sftp(root, { connect })
    await store.set('a/b', new Uint8Array(1))
    await rm(root, { recursive: true })
    expect(await store.get('a/b')).toBeUndefined()
    await store.set('a/b', new Uint8Array(2))
    expect(await sftp(root, { connect }).get('a/b')).toEqual(new Uint8Array(2))
  })
})

it.each(['redis.ts', 'sftp.ts'])('%s takes less than 200 lines', file => {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8').split('\n').length
  expect(lines).toBeLessThan(200)
})
