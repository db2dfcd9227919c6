import {
  type AnyReader,
  at,
  type ByteStore,
  type Bytes,
  compose,
  copy,
  createStore,
  decodeValues,
  endsWith,
  filterKeys,
  fromMap,
  getOr,
  getOrInsert,
  gzip,
  isStoreError,
  json,
  jsonValues,
  type KeyCodec,
  type KeyOf,
  type Like,
  mapKeys,
  mapValues,
  memory,
  oneOf,
  pipe,
  pipeline,
  prefix,
  type Reader,
  type readRange,
  rename,
  type StandardSchema,
  type Store,
  type StoreError,
  schema,
  segments,
  suffix,
  take,
  template,
  text,
  textValues,
  update,
  type ValueCodec,
  type ValueOf,
  type WithValues,
  type WritesWith,
} from '../../src/index.ts'
import { cachedKeys, dialect, expiring, skipErrors } from '../../src/layers.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function exact<_ extends true>(): void {}

interface Animal {
  name: string
}
interface Dog extends Animal {
  bark(): void
}
interface User {
  name: string
  nick?: string
}
declare const dogs: Store<string, Dog>
declare const dogsAndMore: Store<string, Dog> & { more(): void }
declare const numbers: Store<string, number>
declare const hosts: Store<'hosts' | 'motd', number>
declare const byNumber: Store<number, string>
declare const bytes: ByteStore
declare const anyBytes: Uint8Array
declare function adopt(store: Store<string, Animal>): void
declare function look(store: Reader<string, Animal>): void
declare function anyStoreOfBytes(store: Store<string, Uint8Array>): void

// A store takes exactly what it gives; a reader only gives.
look(dogs)
look(dogsAndMore)
// @ts-expect-error a cat would get in
adopt(dogs)
// @ts-expect-error also where the store is a part of the type
adopt(dogsAndMore)
// @ts-expect-error keys, too
adopt(hosts)
anyStoreOfBytes(bytes)
anyStoreOfBytes(memory())
anyStoreOfBytes(pipe(memory(), mapValues(gzip())))
void bytes.set('k', anyBytes)
exact<Equal<Awaited<ReturnType<ByteStore['get']>>, Bytes | undefined>>()
exact<Equal<Awaited<ReturnType<typeof readRange<string>>>, Bytes | undefined>>()

// Transforms in constants know what they take.
const onlyText = filterKeys(endsWith('.txt'))
const named = mapKeys(suffix('.txt'))
const users = mapValues(compose(json<User>(), text()))
const names = decodeValues((user: User) => user.name)
const listed = cachedKeys()
const lenient = skipErrors()
const all = pipe(memory(), onlyText, named, users, listed, lenient)
exact<Equal<typeof all, Store<string, User>>>()
const read = pipe(memory(), users, names)
exact<Equal<typeof read, Reader<string, string>>>()
const again = named(memory())
exact<Equal<typeof again, ByteStore>>()
exact<Equal<KeyOf<ReturnType<typeof listed<Store<5, 'v'>>>>, 5>>()
// @ts-expect-error keys are numbers
onlyText(byNumber)
// @ts-expect-error keys are numbers
named(byNumber)
// @ts-expect-error values are no bytes
users(byNumber)
// @ts-expect-error values are no users
names(byNumber)
declare const halfDogs: ValueCodec<string, Animal>
// @ts-expect-error it would store animals among dogs
mapValues(halfDogs)(dogs)
declare const narrow: Store<`a${string}`, string>
// @ts-expect-error it would store keys that the store does not take
mapKeys(prefix('x'))(narrow)
// @ts-expect-error nothing is known of what the first gives, so name its store or write a function
pipeline(mapKeys(suffix('.txt')), textValues())
exact<Equal<ReturnType<ReturnType<typeof pipeline<ByteStore, ByteStore>>>, ByteStore>>()

// Operations take the keys and values of the store.
void getOrInsert(numbers, 'k', () => 5)
void getOrInsert(bytes, 'k', () => anyBytes)
// @ts-expect-error a wrong value would be stored
void getOrInsert(numbers, 'hosts', () => 'a string' as string | number)
// @ts-expect-error no such key
void take(hosts, 'typo')
// @ts-expect-error no such key
void rename(hosts, 'hosts', 'typo')
// @ts-expect-error no such key
void getOr(hosts, 'typo', 5)
// @ts-expect-error a wrong value would be stored
void update(numbers, 'k', () => 'text')
const counted = update(numbers, 'k', count => (count ?? 0) + 1)
exact<Equal<typeof counted, Promise<number>>>()
const perhaps = update(numbers, 'k', count => (count === undefined ? undefined : count + 1))
exact<Equal<typeof perhaps, Promise<number | undefined>>>()
// @ts-expect-error values differ
void copy(numbers, byNumber)

// Errors.
export function told(error: unknown, known: StoreError): string {
  if (!isStoreError(known, 'NotFound')) {
    exact<Equal<typeof known, StoreError>>()
    return known.code
  }
  exact<Equal<typeof known.code, 'NotFound'>>()
  if (isStoreError(error, 'Conflict', 'Timeout')) exact<Equal<typeof error.code, 'Conflict' | 'Timeout'>>()
  if (isStoreError(error)) exact<Equal<typeof error, StoreError>>()
  return ''
}

// A date has no parts.
const days = pipe(memory(), mapKeys(template('{day:date}.log').scalar()))
// @ts-expect-error a date is no prefix
days.keys({ prefix: new Date() })

// Drivers say what they hold, and write in full or not at all.
// @ts-expect-error keys are numbers, which keyType has to say
createStore<number, string>({ name: 'n', valueType: 'any', get: () => 'v', keys: () => [1] })
// @ts-expect-error set without delete
createStore({ name: 'n', get: () => anyBytes, keys: () => [], set: () => {} })
const writable = createStore({
  name: 'n',
  get: () => anyBytes,
  keys: () => [],
  set: () => {},
  delete: () => {},
})
exact<Equal<typeof writable, ByteStore>>()
const typed = createStore<number, string>({
  name: 'n',
  keyType: 'any',
  valueType: 'any',
  get: () => 'v',
  keys: () => [1],
})
exact<Equal<typeof typed, Reader<number, string>>>()

// A value is never undefined.
pipe(
  memory(),
  users,
  // @ts-expect-error an absent nick would read as Corrupt
  decodeValues(user => user.nick),
)
const nicks = pipe(
  memory(),
  users,
  decodeValues(user => user.nick ?? null),
)
exact<Equal<typeof nicks, Reader<string, string | null>>>()

// What JSON loses.
interface Tree {
  readonly children: readonly Tree[]
  readonly label?: string
}
jsonValues<User>()
jsonValues<Tree>()
jsonValues<string | null>()
json<Record<string, unknown>[]>()
// @ts-expect-error a date comes back as text
jsonValues<{ at: Date }>()
// @ts-expect-error anywhere in it
jsonValues<{ list: { at: Date }[] }>()
// @ts-expect-error no bigint
json<{ n: bigint }>()
// @ts-expect-error no map
json<{ m: Map<string, string> }>()
const revived = jsonValues<{ at: Date }>({
  reviver: (name, value) => (name === 'at' ? new Date(value as string) : value),
})
const dated = revived(memory())
exact<Equal<typeof dated, Store<string, { at: Date }>>>()
/** A function that is generic in the value says that JSON holds it. */
export const generic = <V extends import('../../src/index.ts').JsonValues<V>>() =>
  pipe(memory(), jsonValues<V>())

// Schemas.
declare const withDefaults: StandardSchema<{ name: string; role?: string }, { name: string; role: string }>
declare const dates: StandardSchema<string, Date>
const complete = pipe(memory(), jsonValues(), mapValues(schema(withDefaults)))
exact<Equal<typeof complete, Store<string, { name: string; role: string }>>>()
// @ts-expect-error what it gives it does not accept
pipe(memory(), jsonValues(), mapValues(schema(dates)))
const moments = pipe(memory(), jsonValues(), decodeValues(schema(dates)))
exact<Equal<typeof moments, Reader<string, Date>>>()

// Tuples.
const paths = pipe(memory(), mapKeys(segments()))
exact<Equal<KeyOf<typeof paths>, readonly [string, ...string[]]>>()
const path = ['a', 'b'] as const
void paths.get(path)
pipe(paths, filterKeys(oneOf([['a', 'b']])))
const pairs = pipe(memory(), mapKeys(template('{team}/{n:int}').tuple()))
const pair = ['red', 5] as const
void pairs.get(pair)
exact<Equal<KeyOf<typeof pairs>, readonly [string, number]>>()

// Functions over stores.
export function drafts<S extends Store<string, string>>(store: S): Like<S, string> {
  return at(store, 'drafts/')
}
const part = drafts(pipe(memory(), textValues()))
exact<Equal<typeof part, Store<string, string>>>()
export function counts<S extends AnyReader>(store: S): WithValues<S, number> {
  return store as unknown as WithValues<S, number>
}
// @ts-expect-error a folder ends in a slash
at(memory(), 'drafts')
declare const folder: string
at(memory(), folder)
at(memory(), `${folder}/`)

// Optional members of codecs may be undefined.
declare const maybeName: string | undefined
const codec: KeyCodec<string, string> = { decode: key => key, encode: key => key, name: maybeName }
void codec

// Ten transforms.
const ten = pipe(
  memory(),
  mapKeys(prefix('a')),
  mapKeys(prefix('b')),
  mapKeys(prefix('c')),
  mapKeys(prefix('d')),
  mapKeys(prefix('e')),
  mapKeys(prefix('f')),
  mapKeys(prefix('g')),
  mapKeys(prefix('h')),
  textValues(),
  decodeValues(value => value.length),
)
exact<Equal<typeof ten, Reader<string, number>>>()

// Write options of a driver's own.
declare const lasting: ByteStore & WritesWith<string, Uint8Array, { ttl?: number }>
void lasting.set('k', anyBytes, { ttl: 5, ifAbsent: true })
// @ts-expect-error no such option
void lasting.set('k', anyBytes, { tll: 5 })
// @ts-expect-error not of every store
void bytes.set('k', anyBytes, { ttl: 5 })
const lastingUsers = pipe(lasting, mapKeys(suffix('.json')), jsonValues<User>(), cachedKeys())
void lastingUsers.set('ann', { name: 'Ann' }, { ttl: 5, ifAbsent: true })
// @ts-expect-error no such option
void lastingUsers.set('ann', { name: 'Ann' }, { tll: 5 })
// @ts-expect-error no user
void lastingUsers.set('ann', { nam: 'Ann' }, { ttl: 5 })
exact<Equal<KeyOf<typeof lastingUsers>, string>>()
exact<Equal<ValueOf<typeof lastingUsers>, User>>()
const lastingBytes = pipe(lasting, mapKeys(suffix('.json')))
void lastingBytes.set('k', anyBytes, { ttl: 5 })
exact<Equal<Awaited<ReturnType<(typeof lastingBytes)['getOrThrow']>>, Bytes>>()
/** A function over stores keeps them, too. */
export function kept<S extends Store<string, Uint8Array>>(store: S): Like<S, string> {
  return at(store, 'kept/')
}
void kept(lasting).set('k', anyBytes, { ttl: 5 })

const sessions = pipe(memory(), jsonValues<User>(), expiring({ ttl: 1000 }), mapKeys(suffix('.json')))
void sessions.set('ann', { name: 'Ann' }, { ttl: 5 })
// @ts-expect-error no such option
void sessions.set('ann', { name: 'Ann' }, { tll: 5 })
void expiring()(memory()).set('k', anyBytes, { ttl: 5, ifAbsent: true })

// Names are strings.
// @ts-expect-error a symbol would be left out
dialect(bytes, { [Symbol.iterator]: 'get' })

void fromMap
