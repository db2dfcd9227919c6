import { bytes, refusal } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { assertCodec, isCodec } from '../src/assert-codec.ts'
import { checkBytes, checkKey, checkText, copyBytes } from '../src/check.ts'
import { createStore, type ErrorCode, isStoreError, prefix, StoreError } from '../src/index.ts'
import { printKey, printValue, typeName } from '../src/print-key.ts'
import { isPromise, whenReady } from '../src/when-ready.ts'

describe('a StoreError', () => {
  it('begins its message with what is known of the call', () => {
    const message = (details: ConstructorParameters<typeof StoreError>[2]) =>
      new StoreError('NotFound', 'gone', details).message
    expect(message({})).toBe('gone')
    expect(message({ op: 'get' })).toBe('get: gone')
    expect(message({ key: 'k' })).toBe('"k": gone')
    expect(message({ store: 'memory' })).toBe('(memory): gone')
    expect(message({ op: 'get', key: 'k', store: 'memory' })).toBe('get "k" (memory): gone')
    expect(message({ op: 'get', key: 0 })).toBe('get 0: gone')
  })

  it('is retryable where its code says that it passes, unless told otherwise', () => {
    const codes: ErrorCode[] = ['Unavailable', 'Timeout', 'RateLimited', 'NotFound', 'Conflict', 'Aborted']
    expect(codes.filter(code => new StoreError(code, '').retryable)).toEqual([
      'Unavailable',
      'Timeout',
      'RateLimited',
    ])
    expect(new StoreError('Unavailable', '', { retryable: false }).retryable).toBe(false)
    expect(new StoreError('NotFound', '', { retryable: true }).retryable).toBe(true)
    expect(new StoreError('NotFound', '').outcome).toBe('not-applied')
    expect(new StoreError('NotFound', '', { outcome: 'unknown' }).outcome).toBe('unknown')
  })

  it('has the name that the web looks for when it was aborted, and a cause where there is one', () => {
    expect(new StoreError('Aborted', '').name).toBe('AbortError')
    expect(new StoreError('Timeout', '').name).toBe('StoreError')
    expect('cause' in new StoreError('Timeout', '')).toBe(false)
    expect(new StoreError('Timeout', '', { cause: null }).cause).toBe(null)
  })

  it('keeps what it is when it is said of a call', () => {
    const cause = new Error('why')
    const error = new StoreError('Unavailable', 'lost', {
      cause,
      outcome: 'unknown',
      retryAfterMs: 5,
      op: 'a',
    })
    const told = error.with({ op: 'set', key: 'k', store: 'memory' })
    expect(told).toMatchObject({
      code: 'Unavailable',
      detail: 'lost',
      message: 'set "k" (memory): lost',
      cause,
      outcome: 'unknown',
      retryAfterMs: 5,
      retryable: true,
      op: 'set',
    })
  })

  it('as JSON has its key as a text, and no failures', () => {
    const json = (key: unknown) =>
      new StoreError('NotFound', 'gone', { op: 'get', key, failures: new Map() }).toJSON()
    expect(json('k')).toMatchObject({ code: 'NotFound', key: 'k', message: 'get "k": gone', op: 'get' })
    expect(json(['a', 1])).toMatchObject({ key: '["a",1]' })
    expect(json(undefined)).toMatchObject({ key: undefined })
    expect('failures' in json('k')).toBe(false)
  })

  it('is told from other errors, by its codes too, and knows those of its subclasses', () => {
    class Special extends StoreError {}
    const error = new StoreError('NotFound', 'gone')
    const special = new Special('NotFound', 'gone')
    expect([error instanceof StoreError, special instanceof StoreError]).toEqual([true, true])
    expect([error instanceof Special, special instanceof Special]).toEqual([false, true])
    for (const other of [new Error('gone'), { code: 'NotFound' }, 'NotFound', null, undefined])
      expect([other instanceof StoreError, isStoreError(other)]).toEqual([false, false])
    expect(isStoreError(error)).toBe(true)
    expect(isStoreError(error, 'Conflict', 'NotFound')).toBe(true)
    expect(isStoreError(error, 'Conflict')).toBe(false)
  })
})

describe('messages', () => {
  it('show keys on one line, with what JSON loses', () => {
    expect(printKey('a"b')).toBe('"a\\"b"')
    expect(printKey(['a', 5n, undefined, Number.NaN, -Infinity, { b: Infinity }])).toBe(
      '["a","5n","undefined","NaN","-Infinity",{"b":"Infinity"}]',
    )
    expect(printKey(5n)).toBe('"5n"')
    expect(printKey(undefined)).toBe('"undefined"')
    expect(printKey(Symbol('s'))).toBe('Symbol(s)')
    expect(printKey(() => 1)).toBe('() => 1')
    expect(printKey(1.5)).toBe('1.5')
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(printKey(cycle)).toBe('an object')
  })

  it('show no characters that could forge another line, and no more than 200', () => {
    expect(printKey('a\u0085\u202e\u2028\u2029\u200bb')).toBe(
      '"a\\u{85}\\u{202e}\\u{2028}\\u{2029}\\u{200b}b"',
    )
    expect(printKey('a'.repeat(198))).toBe(`"${'a'.repeat(198)}"`)
    expect(printKey('a'.repeat(199))).toBe(`"${'a'.repeat(199)}…`)
    expect(printKey(`${'a'.repeat(198)}😀b`)).toBe(`"${'a'.repeat(198)}\ufffd…`)
  })

  it('name the type of a value, never its content', () => {
    class Own {}
    expect(
      [null, undefined, 'text', 5, {}, [], new Own(), Object.create(null), () => 1, Symbol('s')].map(
        typeName,
      ),
    ).toEqual([
      'null',
      'undefined',
      ...['string', 'number', 'Object', 'Array', 'Own', 'object', 'function', 'symbol'].map(
        type => `a value of type ${type}`,
      ),
    ])
  })

  it('show the value of an option where it is short and plain', () => {
    expect(printValue('a'.repeat(40))).toBe(`"${'a'.repeat(40)}"`)
    expect(printValue('a'.repeat(41))).toBe('a value of type string')
    expect([5, 5n, true, null, undefined].map(printValue)).toEqual(['5', '5n', 'true', 'null', 'undefined'])
    expect(printValue(Symbol('s'))).toBe('a value of type symbol')
    expect(printValue({})).toBe('a value of type Object')
  })
})

describe('what is no legal key or value', () => {
  it.each<[unknown, string, string]>([
    [5, 'not-a-string', 'a key is a string, not a value of type number; convert it, or use a key codec'],
    ['', 'empty', 'a key has at least one character'],
    ['\ud800', 'ill-formed', 'the key holds half of a surrogate pair'],
  ])('is refused with a reason: %j', (key, reason, detail) => {
    for (const check of [checkKey, checkText])
      expect(refusal(() => check(key))).toMatchObject({ code: 'InvalidKey', reason, detail })
  })

  it('is a key of more bytes than there may be', () => {
    const refused = (key: string, most?: number) => {
      try {
        checkKey(key, most)
        return undefined
      } catch (error) {
        return error
      }
    }
    expect(refused('a'.repeat(1024))).toBeUndefined()
    expect(refused('a'.repeat(1025))).toMatchObject({
      reason: 'too-long',
      detail: 'a key has at most 1024 bytes in UTF-8; shorten it',
    })
    expect(refused('€€', 6)).toBeUndefined()
    expect(refused('€€', 5)).toMatchObject({ reason: 'too-long' })
    expect(refused('aaaaa', 5)).toBeUndefined()
    expect(() => checkText('a'.repeat(2000))).not.toThrow()
  })

  it.each<[unknown, string]>([
    ['text', 'a value is a Uint8Array here, not a value of type string; for strings, use textValues()'],
    [undefined, 'a value is a Uint8Array here, not undefined; to remove a value, use delete'],
    [
      new Uint16Array(1),
      'a value is a Uint8Array here, not a value of type Uint16Array; wrap its buffer, byteOffset and byteLength in one',
    ],
    [
      { a: 1 },
      'a value is a Uint8Array here, not a value of type Object; for other values, use a codec such as jsonValues()',
    ],
  ])('says what to do with a value that is no bytes: %j', (value, detail) => {
    expect(refusal(() => checkBytes(value))).toMatchObject({ code: 'InvalidValue', detail })
  })

  it('is bytes that were given away', () => {
    const value = bytes('abc')
    expect(copyBytes(value)).toEqual(value)
    expect(copyBytes(value)).not.toBe(value)
    const gone = new Uint8Array(new ArrayBuffer(8))
    structuredClone(gone.buffer, { transfer: [gone.buffer] })
    const said = refusal(() => copyBytes(gone))
    expect(said).toMatchObject({
      code: 'InvalidValue',
      detail: 'the bytes are gone: their buffer was transferred or shrunk',
      cause: expect.any(TypeError),
    })
  })
})

describe('a codec', () => {
  it('has both directions', () => {
    const one = () => 1
    expect([{ decode: one, encode: one }, { decode: one }, { encode: one }, null, 5].map(isCodec)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
    expect(() => assertCodec({ decode: one }, 'mapKeys', 'key')).toThrow(
      new TypeError(
        'mapKeys takes a key codec: { decode, encode }, both of them, not a value of type Object',
      ),
    )
    expect(() => assertCodec(prefix, 'mapKeys', 'key')).toThrow(
      new TypeError('mapKeys: prefix was not called; write prefix()'),
    )
  })
})

describe('createStore', () => {
  const get = () => undefined
  const keys = () => []
  const nothing = () => {}
  const make = (driver: unknown, options?: unknown) => () =>
    (createStore as (driver: unknown, options?: unknown) => unknown)(driver, options)

  it.each<[() => unknown, string]>([
    [make(undefined), 'a driver needs the methods get and keys, or keyPages in place of keys'],
    [make({ name: 'a', keys }), 'a driver needs the methods get and keys, or keyPages in place of keys'],
    [make({ name: 'a', get }), 'a driver needs the methods get and keys, or keyPages in place of keys'],
    [make({ name: 'a', get, keys, set: nothing }), 'a driver that can be written needs both set and delete'],
    [
      make({ name: 'a', get, keys, delete: nothing }),
      'a driver that can be written needs both set and delete',
    ],
    [
      make({ name: 'a', get, keys, set: nothing, delete: nothing, guarantees: { batchAtomic: true } }),
      'a driver that promises batchAtomic needs setMany',
    ],
    [
      make({ name: 'a', get, keys, guarantees: { atomicOverwrite: false } }),
      'readers of a may see part of a value; open it with { allowTornReads: true }',
    ],
    [
      make({ name: 'a', get, keys }, { allowTornReads: 1 }),
      'createStore: allowTornReads is true or false, not 1',
    ],
    [make({ name: 'a', get, keys }, null), 'createStore: the options are an object, not null'],
  ])('says what a driver lacks: %#', (run, message) => {
    expect(run).toThrow(new TypeError(message))
  })

  it('takes what has all of it', () => {
    const written = { name: 'a', get, keyPages: keys, set: nothing, delete: nothing, setMany: nothing }
    expect(make({ ...written, guarantees: { batchAtomic: true } })).not.toThrow()
    expect(make({ ...written, guarantees: { atomicOverwrite: true } })).not.toThrow()
    expect(
      make({ ...written, guarantees: { atomicOverwrite: false } }, { allowTornReads: true }),
    ).not.toThrow()
  })
})

describe('what is there at once', () => {
  it('is used at once; a value with a `then` of its own is a value', async () => {
    // biome-ignore lint/suspicious/noThenProperty: such a value is what this is about
    const thenable = { then: () => {} }
    expect([isPromise(thenable as never), isPromise(Promise.resolve())]).toEqual([false, true])
    expect(whenReady(1, value => value + 1)).toBe(2)
    const later = whenReady(Promise.resolve(1), value => value + 1)
    expect(isPromise(later)).toBe(true)
    expect(await later).toBe(2)
  })
})
