import { checkKey, checkText } from '../check.ts'
import type { KeyCodec, ValueCodec } from '../codec.ts'
import type { Driver, MaybePromise } from '../driver.ts'
import { StoreError } from '../error.ts'
import { merged } from '../keys/affixed.ts'
import { printValue } from '../print-key.ts'
import type { FittingCodec } from '../values/fitted.ts'
import { isPromise, whenReady } from '../when-ready.ts'
import { type AnyMapping, hidden } from './mapping.ts'
import { invalid } from './options.ts'
import type { Step } from './step.ts'
import { userFailure } from './user-failure.ts'

/** The mapping of a store without transforms: it checks keys and changes nothing. */
export function identity(driver: Driver<unknown, unknown>): AnyMapping {
  const stringKeys = driver.keyType !== 'any'
  const encode = stringKeys ? checkedKey(driver.guarantees?.maxKeyBytes) : (key: unknown) => key
  return {
    encode,
    decode: inner => inner,
    read: (key, fetch, context) => fetch(encode(key), context),
    write: (key, value, store, context) => store(encode(key), value, context),
    prefix: outer => outer,
    total: true,
    ordered: true,
    plain: true,
    stringKeys,
    writable: driver.set !== undefined,
  }
}

/** `below` with one more transform on top. */
export function fold(below: AnyMapping, step: Step): AnyMapping {
  switch (step.kind) {
    case 'mapKeys':
      return foldKeys(below, step.codec)
    case 'filterKeys':
      return foldFilter(below, step.keep)
    case 'mapValues':
      return foldValues(below, step.codec)
    case 'readOnly':
      return { ...below, writable: false, affix: undefined }
  }
}

/** The mapping as users meet it: what is no legal key goes no further, whatever the codecs and filters would do. */
export function guarded(mapping: AnyMapping): AnyMapping {
  const check = (key: unknown) => {
    if (mapping.stringKeys || typeof key === 'string') checkText(key)
    return key
  }
  return {
    ...mapping,
    encode: key => mapping.encode(check(key)),
    read: (key, fetch, context) => mapping.read(check(key), fetch, context),
    write: (key, value, store, context) => mapping.write(check(key), value, store, context),
  }
}

function foldKeys(below: AnyMapping, codec: KeyCodec<unknown, unknown>): AnyMapping {
  const { affix } = codec
  if (affix !== undefined && below.affix !== undefined)
    return foldKeys(below.affix.below, merged(below.affix, affix) as KeyCodec<unknown, unknown>)
  const strings = codec.keys === 'string'
  const inward = (key: unknown): unknown => {
    try {
      return codec.encode(key)
    } catch (error) {
      throw userFailure('InvalidKey', 'the key does not fit the key codec', error)
    }
  }
  const outward = (inner: unknown): unknown => {
    try {
      return codec.decode(inner)
    } catch (error) {
      throw userFailure('Corrupt', 'the key codec failed on a listed key', error)
    }
  }
  return {
    encode: key => below.encode(inward(key)),
    decode: inner => {
      const key = below.decode(inner)
      const outer = key === undefined ? undefined : outward(key)
      return outer === '' ? undefined : outer
    },
    read: (key, fetch, context) => below.read(inward(key), fetch, context),
    write: (key, value, store, context) => below.write(inward(key), value, store, context),
    prefix: outer => below.prefix(codec.prefix?.(outer as never)),
    total: false,
    ordered: below.ordered && codec.ordered === true,
    plain: below.plain,
    codec: below.codec,
    stringKeys: strings,
    writable: below.writable,
    affix: affix && { ...affix, below },
  }
}

function foldFilter(below: AnyMapping, predicate: (key: unknown) => boolean): AnyMapping {
  const keep = (key: unknown): boolean => {
    const answer = asked(predicate, key)
    if (typeof answer === 'boolean') return answer
    throw invalid(`a predicate of filterKeys answers true or false, not ${printValue(answer)}${LATER}`)
  }
  return {
    ...below,
    affix: undefined,
    encode: key => (keep(key) ? below.encode(key) : hidden),
    decode: inner => {
      const key = below.decode(inner)
      return key === undefined || !keep(key) ? undefined : key
    },
    read: (key, fetch, context) => (keep(key) ? below.read(key, fetch, context) : undefined),
    write: (key, value, store, context) => {
      if (!keep(key)) throw hiddenKey()
      return below.write(key, value, store, context)
    },
    total: false,
  }
}

function foldValues(below: AnyMapping, given: FittingCodec<unknown, unknown>): AnyMapping {
  const codec = given.over?.(below.codec) ?? given
  return {
    ...below,
    codec,
    read: (key, fetch, context) =>
      whenReady(below.read(key, fetch, context), value =>
        value === undefined ? undefined : decodeValue(codec, value, key),
      ),
    write: (key, value, store, context) =>
      whenReady(encodeValue(codec, value, key), encoded => below.write(key, encoded, store, context)),
    plain: false,
    affix: undefined,
  }
}

const LATER = '; one that answers later cannot be used'

function asked(predicate: (key: unknown) => unknown, key: unknown): unknown {
  try {
    return predicate(key)
  } catch (error) {
    throw userFailure('InvalidArgument', 'the predicate of filterKeys failed', error)
  }
}

/** The error for a write to a key that a filter leaves out. */
export function hiddenKey(): StoreError {
  return new StoreError(
    'ReadOnly',
    'the key is not in this view (filterKeys); write it to the store under the view',
  )
}

export function decodeValue(
  codec: ValueCodec<unknown, unknown>,
  value: unknown,
  key: unknown,
): MaybePromise<unknown> {
  return attempt('Corrupt', 'the stored value cannot be decoded', () =>
    whenReady(codec.decode(value, key), present),
  )
}

function encodeValue(
  codec: ValueCodec<unknown, unknown>,
  value: unknown,
  key: unknown,
): MaybePromise<unknown> {
  return attempt('InvalidValue', 'the value cannot be encoded', () => codec.encode(value, key))
}

/** A codec that decodes to `undefined` would make a value look absent. */
function present(value: unknown): unknown {
  if (value === undefined)
    throw new TypeError('the codec gave undefined, which means absent; let it give null')
  return value
}

function checkedKey(maxBytes: number | undefined): (key: unknown) => string {
  return key => {
    checkKey(key, maxBytes)
    return key
  }
}

function attempt<T>(
  code: 'Corrupt' | 'InvalidValue',
  detail: string,
  run: () => MaybePromise<T>,
): MaybePromise<T> {
  const fail = (error: unknown): never => {
    throw userFailure(code, detail, error)
  }
  try {
    const result = run()
    return isPromise(result) ? result.catch(fail) : result
  } catch (error) {
    return fail(error)
  }
}
