import { type ErrorCode, isStoreError, type StoreError } from '@kvdol/core'
import { ensure, expectRejects, expectSame, outcome, printError } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { methodsOf } from '../methods.ts'
import { nonKeys } from '../odd-keys.ts'
import type { ByteStore } from '../subject.ts'

const CODES: ReadonlySet<ErrorCode> = new Set([
  ...([
    'NotFound',
    'InvalidKey',
    'InvalidValue',
    'InvalidArgument',
    'ReadOnly',
    'Conflict',
    'PermissionDenied',
  ] as const),
  ...([
    'Unauthenticated',
    'Unavailable',
    'Timeout',
    'RateLimited',
    'OutOfSpace',
    'TooLarge',
    'Corrupt',
  ] as const),
  ...(['RangeNotSatisfiable', 'Unsupported', 'Incompatible', 'Closed', 'Aborted', 'Unknown'] as const),
])

/** C5, C9 and C10: rejections and declarations. */
export const errors: readonly Check[] = [
  check('C5', 'every rejection is a StoreError that names code, operation, key and store', async lab => {
    const store = await lab.open()
    const key = 'x'.repeat(5000)
    for (const { name, call } of methodsOf(store)) {
      const error = await expectRejects(
        () => call(key),
        'InvalidKey',
        `${name} refuses a key that is too long`,
        key,
      )
      assertComplete(error)
      if (!/Many$|^batch$/.test(name)) expectSame(error.key, key, `the error of ${name} names the key`)
    }
    assertComplete(
      await expectRejects(() => store.getOrThrow('missing'), 'NotFound', 'getOrThrow rejects', 'missing'),
    )
    assertComplete(
      await expectRejects(() => store.set('key', 1 as never), 'InvalidValue', 'a number is no value', 'key'),
    )
  }),
  check('C5', 'a message prints a key on one line, without control characters', async lab => {
    const store = await lab.open()
    const key = 'missing\nforged line\u001b[31m\u202e'
    const result = await outcome(() => store.getOrThrow(key))
    ensure(!result.ok && isStoreError(result.error), 'getOrThrow rejects', 'no StoreError', key)
    ensure(
      !/[\n\u001b\u202e]/.test(result.error.message),
      'the message escapes the key',
      'a raw control character',
      key,
    )
  }),
  check(
    'C5',
    'what fails in the backend is a StoreError',
    async lab => {
      const store = await lab.open()
      await store.set('key', utf8('x'))
      await lab.subject.outage?.(store)
      for (const { name, call } of methodsOf(store)) {
        const result = await outcome(() => call('key'))
        const good = !result.ok && isStoreError(result.error) && !isStoreError(result.error, 'NotFound')
        ensure(
          good,
          `${name} rejects a StoreError`,
          result.ok ? 'no rejection' : printError(result.error),
          'key',
        )
        assertComplete(result.error)
      }
    },
    ['outage'],
  ),
  check('C9', 'no method throws synchronously, whatever it is given', async lab => {
    const store = await lab.open()
    for (const odd of nonKeys) {
      for (const { call } of methodsOf(store)) await outcome(() => call(odd as string))
      if (odd === undefined) continue
      for (const call of callsWith(store, odd)) await outcome(call)
    }
    await store.close()
    for (const { call } of methodsOf(store)) await outcome(() => call('key'))
    await outcome(() => keysOf(store))
  }),
  check('C9', 'no rejection goes unhandled', async lab => {
    const { process } = globalThis as { process?: ListeningProcess }
    if (typeof process?.on !== 'function')
      return lab.skip('this platform does not tell of unhandled rejections')
    const unhandled: unknown[] = []
    const note = (error: unknown) => void unhandled.push(error)
    process.on('unhandledRejection', note)
    try {
      const store = await lab.open()
      for (const { call } of methodsOf(store)) await outcome(() => call(''))
      store.keys({ prefix: 1 as never })
      await outcome(() =>
        store.setMany([
          ['', utf8('x')],
          ['', utf8('y')],
        ]),
      )
      await new Promise(resolve => setTimeout(resolve, 5))
    } finally {
      process.off('unhandledRejection', note)
    }
    expectSame(unhandled.length, 0, 'every rejection reaches the caller, and only him')
  }),
]

interface ListeningProcess {
  on(event: 'unhandledRejection', listener: (error: unknown) => void): void
  off(event: 'unhandledRejection', listener: (error: unknown) => void): void
}

/** Calls with nonsense where options, values and lists belong. */
function callsWith(store: ByteStore, odd: unknown): (() => Promise<unknown>)[] {
  const nonsense = odd as never
  return [
    () => store.get('key', nonsense),
    () => store.set('key', nonsense),
    () => store.set('key', utf8('x'), nonsense),
    () => store.delete('key', nonsense),
    () => store.setMany(nonsense),
    () => store.setMany([nonsense]),
    () => store.deleteMany(nonsense),
    () => keysOf(store, nonsense),
    () => store.size(nonsense),
  ]
}

function assertComplete(error: StoreError): void {
  ensure(CODES.has(error.code), 'the code is one of the contract', String(error.code))
  ensure(
    typeof error.op === 'string' && error.op !== '',
    'the error names the operation',
    String(error.op),
    error.key,
  )
  ensure(
    typeof error.store === 'string' && error.store !== '',
    'the error names the store',
    String(error.store),
    error.key,
  )
  ensure(
    typeof error.retryable === 'boolean',
    'retryable is true or false',
    String(error.retryable),
    error.key,
  )
  ensure(error.code !== 'Unknown' || !error.retryable, 'Unknown is never retryable', 'retryable', error.key)
  ensure(
    error.outcome === 'not-applied' || error.outcome === 'unknown',
    'the error tells the outcome',
    String(error.outcome),
    error.key,
  )
}
