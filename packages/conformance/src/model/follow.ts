import {
  clear,
  type DeleteOptions,
  isStoreError,
  readRange,
  type WriteOptions,
  writeStream,
} from '@kvdol/core'
import { ensure, expectBytes, expectKeys, expectSame, outcome, printError } from '../assert.ts'
import { collect, keysOf } from '../collect.ts'
import type { Lab } from '../lab.ts'
import { compareUtf8Bytes } from '../order.ts'
import type { ByteStore } from '../subject.ts'
import type { Step } from './commands.ts'
import type { Model } from './model.ts'

/** A store, what it should hold, and the etags it has given. */
export interface Run {
  readonly lab: Lab
  readonly model: Model
  readonly place: ByteStore
  store: ByteStore
  readonly etags: Map<string, string>
}

/** Does one step with the store and with the model, and compares. */
export async function follow(run: Run, step: Step): Promise<void> {
  switch (step.do) {
    case 'set':
    case 'writeStream':
    case 'ifAbsent':
    case 'ifMatch':
      return await write(run, step)
    case 'get':
      return await compare(run, step.key)
    case 'delete':
    case 'deleteIfMatch':
      return await remove(run, step)
    case 'range':
      return await range(run, step)
    case 'list':
      return await list(run, step)
    case 'after':
      return await after(run, step)
    case 'setMany':
      return await setMany(run, step.entries)
    case 'deleteMany':
      return await deleteMany(run, step.keys)
    case 'clear':
      await clear(run.store, { prefix: step.prefix })
      for (const key of run.model.keys(step)) run.model.delete(key)
      return
    case 'reopen':
      if (run.lab.subject.reopen !== undefined) run.store = await run.lab.reopen(run.place)
  }
}

type WriteStep = Extract<Step, { value: Uint8Array }>

async function write(run: Run, step: WriteStep): Promise<void> {
  const { store, model, lab } = run
  const { key, value } = step
  const options = await condition(run, step)
  if (options === undefined) return
  const conflict =
    'ifAbsent' in options
      ? model.get(key) !== undefined
      : 'ifMatch' in options && 'stale' in step && step.stale
  const result = await outcome(() =>
    step.do === 'writeStream' ? writeStream(store, key, [value]) : store.set(key, value, options),
  )
  if (!result.ok && lab.isDeclared(store, key, result.error)) return
  if (!conflict) {
    ensure(result.ok, `${step.do} resolves`, result.ok ? '' : printError(result.error), key)
    model.set(key, value)
  } else
    ensure(
      !result.ok && isStoreError(result.error, 'Conflict'),
      `${step.do} rejects Conflict`,
      'something else',
      key,
    )
  await compare(run, key)
}

/** The options of a conditional step; `undefined` when the store cannot do it, or there is nothing to match. */
async function condition(
  { store, lab, etags }: Run,
  step: Step & { key: string },
): Promise<WriteOptions | undefined> {
  const { conditions } = lab.guarantees(store)
  if (step.do === 'ifAbsent') return conditions.includes('ifAbsent') ? { ifAbsent: true } : undefined
  if (step.do !== 'ifMatch' && step.do !== 'deleteIfMatch') return {}
  if (!conditions.includes(step.do)) return undefined
  const found = await outcome(() => store.stat(step.key))
  const etag = found.ok ? found.value?.etag : undefined
  if (etag === undefined) return undefined
  const before = etags.get(step.key)
  etags.set(step.key, etag)
  if (!step.stale) return { ifMatch: etag }
  return { ifMatch: before === undefined || before === etag ? `${etag}-stale` : before }
}

async function remove(run: Run, step: Step & { key: string }): Promise<void> {
  const { store, model, lab } = run
  const { key } = step
  const options: DeleteOptions | undefined = await condition(run, step)
  if (options === undefined) return
  const result = await outcome(() => store.delete(key, options))
  if (!result.ok && lab.isDeclared(store, key, result.error)) return
  if ('ifMatch' in options && 'stale' in step && step.stale)
    ensure(
      !result.ok && isStoreError(result.error, 'Conflict'),
      'a stale delete rejects Conflict',
      'something else',
      key,
    )
  else {
    ensure(result.ok, 'delete resolves', result.ok ? '' : printError(result.error), key)
    model.delete(key)
  }
  await compare(run, key)
}

/** One key is the same on every path. */
async function compare({ store, model, lab }: Run, key: string): Promise<void> {
  const expected = model.get(key)
  const got = await outcome(() => store.get(key))
  if (!got.ok)
    return ensure(lab.isDeclared(store, key, got.error), 'get resolves', printError(got.error), key)
  expectBytes(got.value, expected, 'get gives what was set last', key)
  expectSame(await store.has(key), expected !== undefined, 'has agrees', key)
  const size = (await store.stat(key))?.size
  if (size !== undefined || expected === undefined) expectSame(size, expected?.byteLength, 'stat agrees', key)
}

async function range(
  { store, model, lab }: Run,
  { key, start, length }: Step & { do: 'range' },
): Promise<void> {
  const value = model.get(key)
  const result = await outcome(() => readRange(store, key, { start, end: start + length }))
  if (result.ok)
    return expectBytes(result.value, value?.slice(start, start + length), 'a range is a slice', key)
  const behind =
    value !== undefined && start >= value.byteLength && isStoreError(result.error, 'RangeNotSatisfiable')
  ensure(
    behind || lab.isDeclared(store, key, result.error),
    'a range inside the value resolves',
    printError(result.error),
    key,
  )
}

async function list({ store, model }: Run, { prefix, limit }: Step & { do: 'list' }): Promise<void> {
  const expected = model.keys({ prefix })
  if (limit === undefined) {
    expectKeys(
      await keysOf(store, { prefix }),
      expected,
      `the keys that start with ${JSON.stringify(prefix)}`,
    )
    return expectSame(await store.size(), model.entries.size, 'size is the number of keys')
  }
  const listed = await keysOf(store, { prefix, limit })
  expectSame(listed.length, Math.min(limit, expected.length), `limit ${limit} gives so many keys`)
  for (const key of listed) ensure(expected.includes(key), 'only living keys are listed', 'another', key)
}

async function after({ store, model, lab }: Run, { after, prefix }: Step & { do: 'after' }): Promise<void> {
  if (lab.guarantees(store).order === 'none') return
  const result = await outcome(() => keysOf(store, { after, prefix }))
  if (!result.ok)
    return ensure(
      lab.isDeclared(store, after, result.error),
      'after resolves',
      printError(result.error),
      after,
    )
  const expected = model.keys({ prefix }).filter(key => compareUtf8Bytes(key, after) > 0)
  expectSame(
    result.value.join('\n'),
    expected.sort(compareUtf8Bytes).join('\n'),
    'the keys behind, in order',
    after,
  )
}

async function setMany(
  { store, model, lab }: Run,
  entries: readonly (readonly [string, Uint8Array])[],
): Promise<void> {
  const result = await outcome(() => store.setMany(entries))
  const failed = result.ok ? new Set<unknown>() : failedKeys(result.error)
  if (!result.ok) {
    const declared = entries.some(([key]) => lab.isDeclared(store, key, result.error)) || failed !== undefined
    ensure(declared, 'a batch resolves', printError(result.error))
  }
  if (failed === undefined) return
  for (const [key, value] of entries) if (!failed.has(key)) model.set(key, value)
  for (const [key, value] of await collect(
    store.getMany(entries.map(([key]) => key).filter(key => !failed.has(key))),
  ))
    expectBytes(value, model.get(key), 'getMany gives what was set last', key)
}

async function deleteMany({ store, model }: Run, keys: readonly string[]): Promise<void> {
  const result = await outcome(() => store.deleteMany(keys))
  const failed = result.ok ? new Set<unknown>() : failedKeys(result.error)
  ensure(
    failed !== undefined,
    'a batch resolves or tells what failed',
    result.ok ? '' : printError(result.error),
  )
  for (const key of keys) if (!failed.has(key)) model.delete(key)
}

function failedKeys(error: unknown): Set<unknown> | undefined {
  return isStoreError(error, 'InvalidKey') && error.failures !== undefined
    ? new Set(error.failures.keys())
    : undefined
}
