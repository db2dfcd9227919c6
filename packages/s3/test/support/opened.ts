import { afterAll, afterEach } from 'vitest'
import {
  type BucketOptions,
  bucket,
  type Connection,
  definePreset,
  type Preset,
  presets,
} from '../../src/index.ts'
import { ACCOUNT, type Loopback, type Script, startLoopback } from './loopback.ts'

/** A service that keeps everything that AWS does, on loopback. */
export function preset(more: Partial<Preset> = {}): Preset {
  return definePreset({
    ...presets.aws,
    name: 'loopback',
    hosts: undefined,
    pathStyle: true,
    region: 'us-east-1',
    ...more,
  })
}

/** A server for the tests of one file, whose script ends with each test. */
export async function sharedLoopback() {
  const loopback = await startLoopback()
  const connection: Connection = { preset: preset(), endpoint: loopback.endpoint, credentials: ACCOUNT }
  afterEach(() => {
    loopback.script = undefined
    loopback.received.length = 0
  })
  afterAll(() => loopback[Symbol.asyncDispose]())
  let count = 0
  return {
    loopback,
    connection,
    /** A store on a bucket of its own; nothing is asked before the first call. */
    open(options: BucketOptions = {}) {
      const name = `bucket-${++count}`
      const store = bucket(name, { connection, onMissingBucket: 'assume', timeout: 5000, ...options })
      return { store, name, objects: loopback.service.bucket(name) }
    },
  }
}

/** A script that holds for the first so many requests that it answers. */
export function times(count: number, script: Script): Script {
  let left = count
  return async (...received) => {
    if (left === 0) return false
    const answered = await script(...received)
    if (answered) left--
    return answered
  }
}

export function asked(loopback: Loopback, method: string, query?: string): number {
  return loopback.received.filter(
    each => each.method === method && (query === undefined || each.query.has(query)),
  ).length
}
