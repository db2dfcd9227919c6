import {
  at,
  type ByteStore,
  type Bytes,
  createStore,
  decodeValues,
  filterKeys,
  fromMap,
  type KeyOf,
  type ListOptions,
  mapKeys,
  mapValues,
  memory,
  type PrefixOf,
  pipe,
  pipeline,
  type Reader,
  readOnly,
  readStream,
  type Store,
  textValues,
  type ValueOf,
  type WrittenOf,
} from '../../src/index.ts'
import { cachedKeys, dialect } from '../../src/layers.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function exact<_ extends true>(): void {}

const base = memory()
exact<Equal<typeof base, ByteStore>>()
exact<Equal<KeyOf<typeof base>, string>>()
exact<Equal<ValueOf<typeof base>, Bytes>>()
exact<Equal<WrittenOf<typeof base>, Bytes | Uint8Array>>()

// Callbacks inside `pipe` are inferred from the store on their left.
const lengths = pipe(
  base,
  filterKeys(key => {
    exact<Equal<typeof key, string>>()
    return key.length > 1
  }),
  mapKeys({
    decode: key => {
      exact<Equal<typeof key, string>>()
      return Number(key)
    },
    encode: (key: number) => String(key),
  }),
  decodeValues((value, key) => {
    exact<Equal<typeof value, Bytes>>()
    exact<Equal<typeof key, number>>()
    return value.length
  }),
)
exact<Equal<typeof lengths, Reader<number, number>>>()
// @ts-expect-error a view that only decodes cannot be written
lengths.set

const both = pipe(
  base,
  mapValues({ decode: value => value.length, encode: (length: number) => new Uint8Array(length) }),
)
exact<Equal<typeof both, Store<string, number>>>()
// @ts-expect-error the value is a number now
both.set('k', new Uint8Array())

// A type predicate narrows the keys.
const narrowed = pipe(
  base,
  filterKeys((key): key is `${string}.txt` => key.endsWith('.txt')),
)
exact<Equal<typeof narrowed, ByteStore<`${string}.txt`>>>()

exact<Equal<ReturnType<typeof readOnly<typeof both>>, Reader<string, number>>>()
const readable = pipe(both, readOnly)
exact<Equal<typeof readable, Reader<string, number>>>()

const texts = pipe(base, textValues())
exact<Equal<typeof texts, Store<string, string>>>()
// @ts-expect-error streams are for stores of bytes
readStream(texts, 'k')

const cached = pipe(texts, cachedKeys({ sort: true }))
cached.refreshKeys()
exact<Equal<ValueOf<typeof cached>, string>>()

exact<Equal<PrefixOf<string>, string>>()
exact<Equal<PrefixOf<[a: string, b: number]>, readonly [] | readonly [string] | readonly [string, number]>>()
exact<Equal<PrefixOf<{ a: string; b: number }>, Partial<{ a: string; b: number }>>>()
const options: ListOptions<[string, number]> = { prefix: ['ann'] }
// @ts-expect-error the first element is a string
const wrong: ListOptions<[string, number]> = { prefix: [1] }
void [options, wrong]

const folder = at(base, 'a/')
exact<Equal<typeof folder, ByteStore>>()
// @ts-expect-error sub-stores are for string keys
at(fromMap<number, string>(), 'a/')

const shelf = dialect(base, {
  load: 'get',
  dump: store => (value: Uint8Array, key: string) => store.set(key, value),
})
exact<Equal<(typeof shelf)['load'], (typeof base)['get']>>()
exact<Equal<(typeof shelf)['dump'], (value: Uint8Array, key: string) => Promise<void>>>()
// @ts-expect-error there is no such method
dialect(base, { load: 'gett' })

const reading = createStore({ name: 'r', get: () => undefined, keys: () => [] })
exact<Equal<typeof reading, Reader<string, Bytes>>>()

const notes = pipeline(
  mapValues<Store<string, Uint8Array>, string>({
    decode: bytes => String(bytes.length),
    encode: text => new Uint8Array(Number(text)),
  }),
  mapValues({ decode: text => text.length, encode: (length: number) => 'x'.repeat(length) }),
)
exact<Equal<ReturnType<typeof notes>, Store<string, number>>>()
