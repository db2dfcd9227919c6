import { bytes, collect, refusal, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  assertOpen,
  assertWritable,
  eachOn,
  errorTable,
  knownStores,
  runOn,
  StoreError,
} from '../../src/adapter.ts'
import { createStore, mapKeys, memory, pipe, prefix, readOnly } from '../../src/index.ts'

const errorOf = errorTable({
  meanings: { LOST: 'Unavailable' },
  names: error => [(error as { code?: string }).code],
  says: () => 'the backend is gone',
})
const lost = () => Object.assign(new Error('words of the backend'), { code: 'LOST' })

const READING = { op: 'sign', writes: false }
const SIGNING = { ...READING, key: 'k' }

function open() {
  const stores = knownStores<{ url: string }>('shelf() of @acme/shelf')
  const driver = stores.add(
    { name: 'shelf', errorOf, get: () => bytes('v'), keys: () => ['p/k'], set() {}, delete() {} },
    { url: 'shelf://1' },
  )
  const store = createStore<string, Uint8Array>(driver)
  return { stores, driver, store, view: pipe(store, mapKeys(prefix('p/'))) }
}

describe('known stores', () => {
  it('are found by their driver', () => {
    const { stores, driver } = open()
    expect(stores.find(driver)).toEqual({ url: 'shelf://1' })
    expect(stores.get(driver, 'sign')).toEqual({ url: 'shelf://1' })
    expect(stores.find({})).toBeUndefined()
  })

  it('can be stores themselves, which are given back', () => {
    const { stores, store } = open()
    expect(stores.add(store, { url: 'shelf://2' })).toBe(store)
    expect(stores.find(store)).toEqual({ url: 'shelf://2' })
  })

  it('refuse one of another kind by the name of the function and of the maker', () => {
    expect(refusal(() => open().stores.get({}, 'sign'))).toMatchObject({
      code: 'Unsupported',
      detail: 'sign takes a store that shelf() of @acme/shelf has made, also through transforms',
    })
  })

  it('run a function with what is known and the inner key, through transforms', async () => {
    const { stores, view } = open()
    expect(await stores.run(view, SIGNING, ({ url }, key) => `${url}/${key}`)).toBe('shelf://1/p/k')
    expect(await stores.run(view, READING, async ({ url }, key) => [url, key])).toEqual([
      'shelf://1',
      undefined,
    ])
  })

  it('run nothing on a store of another kind', async () => {
    const { stores } = open()
    const error = await rejection(stores.run(memory(), SIGNING, () => 'signed'))
    expect(error).toMatchObject({ code: 'Unsupported', op: 'sign', key: 'k' })
    expect(error.message).toContain('shelf() of @acme/shelf')
  })
})

describe('a listing that a function opened', () => {
  function pages(fails?: unknown) {
    const log: string[] = []
    let number = 0
    const source: AsyncIterator<number, unknown> = {
      async next() {
        log.push('next')
        if (fails !== undefined && number === 1) throw fails
        return number === 2 ? { done: true, value: 'over' } : { done: false, value: ++number }
      },
      async return() {
        log.push('return')
        return { done: true, value: undefined }
      },
    }
    return { log, source }
  }

  it('gives its items to the end', async () => {
    const { log, source } = pages()
    expect(await collect(eachOn(open().view, READING, source))).toEqual([1, 2])
    expect(log).toEqual(['next', 'next', 'next', 'return'])
  })

  it('is ended when the loop is left', async () => {
    const { log, source } = pages()
    for await (const item of eachOn(open().view, READING, source)) {
      expect(item).toBe(1)
      break
    }
    expect(log).toEqual(['next', 'return'])
  })

  it('need have no end of its own', async () => {
    const { next } = pages().source
    expect(await collect(eachOn(open().view, READING, { next }))).toEqual([1, 2])
  })

  it('fails as a call of the store does', async () => {
    const { log, source } = pages(lost())
    const items = eachOn(open().view, READING, source)
    expect(await items.next()).toMatchObject({ value: 1 })
    expect(await rejection(items.next())).toMatchObject({
      code: 'Unavailable',
      detail: 'the backend is gone (LOST)',
      op: 'sign',
      store: 'shelf',
    })
    expect(log.at(-1)).toBe('return')
  })

  it('is not gone on with after the store was closed', async () => {
    const { store } = open()
    const { log, source } = pages()
    const items = eachOn(store, READING, source)
    await items.next()
    await store.close()
    expect(await rejection(items.next())).toMatchObject({ code: 'Closed' })
    expect(log).toEqual(['next', 'return'])
  })
})

describe('a function on a store', () => {
  it('need not be about a key', async () => {
    const { view } = open()
    expect(await runOn(view, READING, (driver, key) => [driver.name, key])).toEqual(['shelf', undefined])
  })

  it('gets the signal of its caller', async () => {
    const { signal } = new AbortController()
    const seen: unknown[] = []
    const note = (_: unknown, __: unknown, options: object) => void seen.push(options)
    await runOn(open().view, { ...SIGNING, signal }, note)
    await runOn(open().view, SIGNING, note)
    expect(seen[0]).toEqual({ signal })
    expect((seen[1] as { signal?: AbortSignal }).signal).toBeUndefined()
  })

  it('is not begun after an abort, nor with a key that the store refuses', async () => {
    const { view } = open()
    const work = () => {
      throw new Error('begun')
    }
    const aborted = { ...SIGNING, signal: AbortSignal.abort() }
    expect(await rejection(runOn(view, aborted, work))).toMatchObject({ code: 'Aborted', op: 'sign' })
    expect(await rejection(runOn(view, { ...SIGNING, key: 5 }, work))).toMatchObject({ code: 'InvalidKey' })
  })

  it('that only reads runs on a store that can only be read', async () => {
    const store = readOnly(open().view)
    expect(await runOn(store, SIGNING, () => 'signed')).toBe('signed')
    expect(await rejection(runOn(store, { ...SIGNING, writes: true }, () => 'signed'))).toMatchObject({
      code: 'ReadOnly',
    })
  })

  it('is waited for by closing', async () => {
    const log: string[] = []
    const store = createStore({
      name: 'shelf',
      get: () => bytes('v'),
      keys: () => [],
      close: () => void log.push('closed'),
    })
    let end = () => {}
    const signing = runOn(store, SIGNING, async () => {
      await new Promise<void>(resolve => {
        end = resolve
      })
      log.push('signed')
    })
    const closing = store.close()
    end()
    await Promise.all([signing, closing])
    expect(log).toEqual(['signed', 'closed'])
  })
})

describe('a store on which a function begins', () => {
  it('is open, and its caller has not aborted', async () => {
    const { store, view } = open()
    assertOpen(view)
    assertOpen(view, new AbortController().signal)
    expect(refusal(() => assertOpen(view, AbortSignal.abort()))).toMatchObject({ code: 'Aborted' })
    await store.close()
    expect(refusal(() => assertOpen(view))).toMatchObject({ code: 'Closed' })
  })

  it('can be written, whatever its driver could', () => {
    const { view } = open()
    assertWritable(view)
    expect(refusal(() => assertWritable(readOnly(view)))).toMatchObject({ code: 'ReadOnly' })
    const reader = createStore({ name: 'reader', get: () => bytes('v'), keys: () => [] })
    expect(refusal(() => assertWritable(reader))).toBeInstanceOf(StoreError)
  })
})
