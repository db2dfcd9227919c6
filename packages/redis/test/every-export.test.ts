import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as module from '../src/index.ts'

/** A client that tells whether anybody has asked it for anything. */
function open() {
  const asked: string[] = []
  const client = {
    isOpen: true,
    sendCommand(command: readonly unknown[]) {
      asked.push(String(command[0]))
      return Promise.resolve(null)
    },
  }
  return { client, asked }
}

type Subject = ReturnType<typeof open>

function untouched({ asked }: Subject): void {
  if (asked.length > 0) throw new Error(`the server was asked to ${asked}`)
}

const url = 'redis://127.0.0.1:1'
const redis = (options: object) => module.redis(options as never)

const table: Record<string, Exported<Subject>> = {
  redis: {
    options: (options, { client }) =>
      // Spreading would turn what is no object into one.
      Object.prototype.toString.call(options) === '[object Object]'
        ? redis({ client, ...(options as object) })
        : redis(options as never),
    bad: {
      client: [5, null, {}, { isOpen: true }, { sendCommand() {}, status: 'ready' }],
      prefix: [5, null, '\ud800'],
      timeout: [0, 1.5, '5', null],
      onForeign: [5, null],
      allowClear: ['true', 0, null],
      database: [1],
      url: [url],
    },
    refuses: [
      [() => redis({}), 'url (redis://host:port) or a client'],
      [() => redis({ url: 5 }), 'url'],
      [() => redis({ url: 'localhost:6379' }), 'redis://host:port'],
      [() => redis({ url: 'http://localhost' }), 'redis://host:port'],
      [() => redis({ url: 'redis://user:pa/ss@localhost' }), 'encoded'],
      [() => redis({ url: `${url}/cache` }), 'number of a database'],
      [() => redis({ url: 'redis://user:12#ss@localhost' }), 'encoded'],
      [() => redis({ url: 'redis://user:12?ss@localhost' }), 'encoded'],
      [() => redis({ url: 'redis://user:50%@localhost' }), 'encoded'],
      [() => redis({ url: `${url}?db=3` }), 'encoded'],
      [() => redis({ url: 'unix://user:p@ss@/run/redis.sock' }), 'encoded'],
      [() => redis({ url: 'unix:///run/redis.sock?database=3' }), 'encoded'],
      [() => redis({ url: 'unix:///run/redis.sock?db=2', database: 3 }), 'database 2'],
      [() => redis({ url: `${url}/2`, database: 3 }), 'database 2'],
      [() => redis({ url, database: -1 }), 'database'],
      [({ client }) => redis({ client: { ...client, _keyPrefix: 'app:' } }), 'keyPrefix'],
      [({ client }) => redis({ client: { ...client, getSentinelNode() {} } }), 'client of the package redis'],
    ],
  },
}

describe('every export refuses', () => {
  for (const { name, run } of everyExport({ module, table, open, untouched })) it(name, run)
})
