import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterTest, bytes, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { redis } from '../src/index.ts'

/** A server that greets as Redis does and answers everything else with one error. */
async function refusing(answer: string): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', data => {
      for (const [, command] of data.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g))
        socket.write(
          command === 'HELLO'
            ? '%1\r\n+proto\r\n:3\r\n'
            : command === 'CLIENT'
              ? '+OK\r\n'
              : `-${answer}\r\n`,
        )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterTest(() => server.close())
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const no = 'not-applied'

describe('what the server answers', () => {
  it.each([
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'Incompatible', false, no],
    ['NOAUTH Authentication required.', 'Unauthenticated', false, no],
    ['WRONGPASS invalid username-password pair', 'Unauthenticated', false, no],
    ['ERR AUTH <password> called without any password configured', 'Unauthenticated', false, no],
    ['NOPERM User x has no permissions to run the eval command', 'PermissionDenied', false, no],
    ['DENIED Redis is running in protected mode', 'PermissionDenied', false, no],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OutOfSpace', false, no],
    ['LOADING Redis is loading the dataset in memory', 'Unavailable', true, no],
    ['BUSY Redis is busy running a script.', 'Unavailable', true, no],
    ['MASTERDOWN Link with MASTER is down', 'Unavailable', true, no],
    ["READONLY You can't write against a read only replica.", 'Unavailable', true, no],
    ['NOREPLICAS Not enough good replicas to write.', 'Unavailable', true, no],
    ['MISCONF Redis is configured to save RDB snapshots', 'Unavailable', true, no],
    ['CLUSTERDOWN The cluster is down', 'Unavailable', true, no],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'Unavailable', true, no],
    ['MOVED 3999 127.0.0.1:6381', 'Unavailable', false, no],
    ['ASK 3999 127.0.0.1:6381', 'Unavailable', false, no],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'Unsupported', false, no],
    ["ERR unknown command 'EVAL', with args beginning with: ", 'Unsupported', false, no],
    ['ERR max number of clients reached', 'Unavailable', true, no],
    ['ERR string exceeds maximum allowed size (proto-max-bulk-len)', 'TooLarge', false, no],
    ['ERR something new', 'Unknown', false, 'unknown'],
    ['NEWWORD something new', 'Unknown', false, 'unknown'],
  ])('%s', async (answer, code, retryable, outcome) => {
    const store = redis({ url: await refusing(answer) })
    const error = await rejection(store.set('k', bytes('v')))
    expect(error).toMatchObject({ code, retryable, outcome, op: 'set', key: 'k', store: 'redis' })
    expect((error.cause as Error).message).toBe(answer)
    await store.close()
  })
})
