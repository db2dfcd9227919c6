import { inspect } from 'node:util'
import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  type Driver,
  decodeValues,
  mapKeys,
  pipe,
  prefix,
  rename,
  StoreError,
  type WritableDriver,
  writeStream,
} from '../../src/index.ts'
import { cachedKeys } from '../../src/layers.ts'
import { committed, errorTable, networkErrors, readOnlyAware, runOn, staging } from '../support/door.ts'

const errorOf = errorTable({
  meanings: {
    ...networkErrors,
    LOCKED: ['Unavailable', 'the row is locked', { reason: 'lock', applied: 'no' }],
    MOVED: ['Unavailable', undefined, { retryable: false }],
    'class 4': 'InvalidValue',
  },
  names: error => {
    const { code, status } = Object(error) as { code?: string; status?: number }
    return [code, status && `class ${Math.floor(status / 100)}`]
  },
  says: code => `the backend says ${code}`,
  applied: error => ((error as { sent?: boolean }).sent === false ? 'no' : undefined),
  retryAfterMs: error => (error as { after?: number }).after,
})

const native = (code: string | undefined, more: object = {}) =>
  Object.assign(new Error('words of the server: token=hunter2'), {
    code,
    ...more,
    request: { token: 'hunter2' },
  })

/** A store whose every method throws. */
function failing(error: unknown, facts: Partial<Driver> = {}) {
  const fail = () => {
    throw error
  }
  const later = async () => fail()
  const driver: WritableDriver = {
    name: 'failing',
    errorOf,
    ...facts,
    get: fail,
    has: later,
    stat: fail,
    size: later,
    async *keyPages() {
      yield fail()
    },
    set: later,
    delete: fail,
    setMany: later,
    deleteMany: later,
    readStream: later,
    writeStream: later,
    rename: later,
  }
  return createStore(driver)
}

const READS = {
  get: (s: ReturnType<typeof failing>) => s.get('k'),
  has: s => s.has('k'),
  stat: s => s.stat('k'),
  size: s => s.size(),
  keys: s => collect(s.keys()),
  entries: s => collect(s.entries()),
  getMany: s => collect(s.getMany(['k'])),
} satisfies Record<string, (s: ReturnType<typeof failing>) => Promise<unknown>>

const WRITES = {
  set: (s: ReturnType<typeof failing>) => s.set('k', bytes('v')),
  delete: s => s.delete('k'),
  setMany: s => s.setMany([['k', bytes('v')]]),
  deleteMany: s => s.deleteMany(['k']),
  writeStream: s => writeStream(s, 'k', [bytes('v')]),
  rename: s => rename(s, 'k', 'l'),
} satisfies Record<string, (s: ReturnType<typeof failing>) => Promise<unknown>>

describe('what a driver throws', () => {
  it.each(Object.entries(READS))('%s: a read has no outcome in doubt', async (_, call) => {
    expect(await rejection(call(failing(native('ECONNRESET'))))).toMatchObject({
      code: 'Unavailable',
      outcome: 'not-applied',
      retryable: true,
    })
  })

  it.each(Object.entries(WRITES))('%s: a write says when its outcome is in doubt', async (_, call) => {
    const doubt = await rejection(call(failing(native('ECONNRESET'))))
    expect(doubt).toMatchObject({ code: 'Unavailable', outcome: 'unknown' })
    for (const error of [native('ECONNREFUSED'), native('LOCKED'), native('ECONNRESET', { sent: false })])
      expect(await rejection(call(failing(error)))).toMatchObject({ outcome: 'not-applied' })
  })

  it.each(Object.entries({ ...READS, ...WRITES }))('%s: no secret is told, in any form', async (_, call) => {
    const secrets = () => ['hunter2']
    const errors = [
      native('ECONNRESET'),
      native(undefined),
      new StoreError('Unavailable', 'by hand', { cause: native('X') }),
      new TypeError('a bug with hunter2'),
      'hunter2',
    ]
    for (const error of errors) {
      const told = await rejection(call(failing(error, { secrets })))
      const text = [told.message, told.stack, inspect(told, { depth: 9 }), JSON.stringify(told)].join()
      expect(text).not.toContain('hunter2')
    }
  })

  it('a name that the table lacks is looked for by its class', async () => {
    expect(await rejection(failing(native(undefined, { status: 404 })).get('k'))).toMatchObject({
      code: 'InvalidValue',
      detail: 'the backend says InvalidValue (class 4)',
    })
  })

  it('an error of the backend that the table lacks is Unknown, and a write in doubt', async () => {
    expect(await rejection(failing(native('ODD')).set('k', bytes('v')))).toMatchObject({
      code: 'Unknown',
      outcome: 'unknown',
      retryable: false,
    })
  })

  it('a bug is Unknown, keeps its own object as cause, and its stack where there are secrets', async () => {
    const bug = new TypeError('a bug')
    const plain = failing(bug, { errorOf: undefined as never })
    expect((await rejection(plain.get('k'))).cause).toBe(bug)
    const hiding = failing(bug, { errorOf: undefined as never, secrets: () => ['x'] })
    expect(((await rejection(hiding.get('k'))).cause as Error).stack).toMatch(/seam\.test/)
  })

  it('row, reason, words, retryability and pause come from the table', async () => {
    expect(await rejection(failing(native('LOCKED', { after: 70 })).get('k'))).toMatchObject({
      code: 'Unavailable',
      reason: 'lock',
      detail: 'the row is locked (LOCKED)',
      retryAfterMs: 70,
    })
    expect(await rejection(failing(native('MOVED')).get('k'))).toMatchObject({ retryable: false })
  })

  it('a name made up by a server is no part of the message', async () => {
    const error = native('a\nforged line')
    expect((await rejection(failing(error).get('k'))).message).not.toContain('forged')
  })

  it('the failures of a batch are told one by one', async () => {
    const store = createStore({
      name: 'batch',
      errorOf,
      get: () => undefined,
      keys: () => [],
      set: () => {},
      delete: () => {},
      setMany: () => new Map([['b', native('LOCKED')]]),
    })
    const { failures } = await rejection(
      store.setMany([
        ['a', bytes('1')],
        ['b', bytes('2')],
      ]),
    )
    expect([...(failures ?? [])]).toMatchObject([['b', { code: 'Unavailable', reason: 'lock', key: 'b' }]])
  })

  it('steps before and after the commit say so', async () => {
    const fail = async () => {
      throw native('ECONNRESET')
    }
    expect(await rejection(staging(errorOf, fail))).toMatchObject({ outcome: 'not-applied' })
    expect(
      await rejection(
        committed(errorOf, async () => {
          throw native('LOCKED')
        }),
      ),
    ).toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
  })
})

describe('functions of adapters', () => {
  const open = () => pipe(failing(native('ECONNRESET')), cachedKeys(), mapKeys(prefix('p/')))

  it('get the bottom driver and its key, and fail as the store does', async () => {
    expect(
      await runOn(open(), { op: 'sign', writes: false, key: 'k' }, (driver, key) => [driver.name, key]),
    ).toEqual(['failing', 'p/k'])
    const call = { op: 'sign', writes: true, key: 'k' }
    expect(
      await rejection(
        runOn(open(), call, () => {
          throw native('ECONNRESET')
        }),
      ),
    ).toMatchObject({ code: 'Unavailable', outcome: 'unknown', op: 'sign', key: 'k' })
    expect(
      await rejection(
        runOn(open(), { ...call, writes: false }, () => {
          throw native('ECONNRESET')
        }),
      ),
    ).toMatchObject({ outcome: 'not-applied' })
  })

  it('that write are refused on every store that can only be read', async () => {
    const call = { op: 'sign', writes: true, key: 'k' }
    for (const store of readOnlyAware(open()))
      expect(await rejection(runOn(store, call, () => 'done'))).toMatchObject({ code: 'ReadOnly', key: 'k' })
  })

  it('are refused after closing', async () => {
    const store = open()
    await store.close()
    expect(await rejection(runOn(store, { op: 'sign', writes: false }, () => 1))).toMatchObject({
      code: 'Closed',
    })
  })
})

describe('a store with secrets', () => {
  const reason = { mine: true }
  const store = createStore({
    name: 'secretive',
    secrets: () => ['hunter2'],
    get: () => bytes('v'),
    keys: () => ['k'],
    getMany: keys => keys.map(() => bytes('v')),
    async *entryPages() {
      yield [['k', bytes('v')]]
    },
  })

  it('leaves the reason of an abort what it is', async () => {
    expect((await rejection(store.get('k', { signal: AbortSignal.abort(reason) }))).cause).toBe(reason)
  })

  it('leaves what a codec threw what it is, also in batches and listings', async () => {
    const error = Object.assign(new Error('hunter2'), { mine: true })
    const view = pipe(
      store,
      decodeValues(() => {
        throw error
      }),
    )
    for (const call of [
      view.get('k'),
      collect(view.getMany(['k'])),
      collect(view.entries()),
      collect(view.values()),
    ])
      expect((await rejection(call as Promise<unknown>)).cause).toBe(error)
  })
})
