// A library over core: everything that it exports has a type that its declarations can name.
import {
  type AnyReader,
  at,
  type ByteStore,
  base64,
  brotli,
  byExtension,
  compose,
  composeKeys,
  decodeValues,
  endsWith,
  field,
  filterKeys,
  first,
  getOrInsert,
  gzip,
  isStoreError,
  json,
  jsonValues,
  type Like,
  lines,
  mapKeys,
  mappedKeys,
  mapValues,
  memory,
  oneOf,
  pipe,
  prefix,
  type Reader,
  readOnly,
  type StandardSchema,
  schema,
  segments,
  suffix,
  template,
  text,
  textValues,
  tupleRecord,
  update,
  type WritesWith,
} from '@kvdol/core'
import { cachedKeys, dialect, expiring, layer, onMissing, skipErrors, sourced } from '@kvdol/core/layers'

export interface User {
  readonly name: string
  readonly age: number
}
declare const userSchema: StandardSchema<{ name: string; age?: number }, User>

export const toUser = jsonValues<User>()
export const toText = textValues()
export const userCodec = compose(json<User>(), text(), gzip())
export const files = byExtension({ '.json': compose(json<User>(), text()), '.txt': text(), '.br': brotli() })
export const named = mapKeys(suffix('.json'))
export const onlyText = filterKeys(endsWith('.txt'))
export const some = filterKeys(oneOf(['a', 'b']))
export const users = mapValues(userCodec)
export const names = decodeValues((user: User) => user.name)
export const checked = mapValues(schema(userSchema))
export const encoded = mapValues(base64())
export const listed = cachedKeys()
export const lenient = skipErrors()
export const places = template('{team}/{n:int}/{day:date}.json')
export const placed = mapKeys(places)
export const tupled = mapKeys(places.tuple<[team: string, n: number, day: Date]>())
export const days = mapKeys(template('{day:date}.log').scalar())
export const paths = mapKeys(segments())
export const fixed = mapKeys(mappedKeys({ hosts: 'network/hosts', motd: 'motd.txt' }))
export const both = composeKeys(suffix('.log'), prefix('var/log/'))
export const counted = field<'count', number>('count')
export const pairs = tupleRecord(['name', 'age'])
export const rows = lines()
export const store = pipe(memory(), named, users)
export const dates = pipe(memory(), tupled, toUser, readOnly)
export const missing = pipe(
  memory(),
  toText,
  onMissing(key => `no ${key}`),
)
export const shelf = dialect(memory(), { load: 'get', save: 'set' })
export const cached = sourced(memory(), () => new Uint8Array())
export const head = first(store)
export const visits = (counts: ReturnType<typeof numbers>) =>
  update(counts, 'visits', count => (count ?? 0) + 1)
export const numbers = () => pipe(memory(), jsonValues<number>())
export const settings = () => getOrInsert(store, 'settings', () => ({ name: 'Ann', age: 41 }))
export const drafts = <S extends Reader<string, unknown>>(of: S): Like<S, string> => at(of, 'drafts/')
export const same = <S extends AnyReader>(of: S) => layer(of, 'same', {})
export const code = (error: unknown) => (isStoreError(error, 'NotFound', 'Conflict') ? error.code : undefined)
export const lasting = (of: ByteStore & WritesWith<string, Uint8Array, { ttl?: number }>) =>
  pipe(of, mapKeys(suffix('.json')), jsonValues<User>(), expiring())
export const byDay = () => pipe(memory(), mapKeys(template('{day:date}').scalar()))
export const prefixOfDays = (options: Parameters<ReturnType<typeof byDay>['keys']>[0]) => options?.prefix

/** Bytes of a store go to where the web takes bytes. */
export async function response(bytes: ByteStore, key: string): Promise<Response> {
  const body = await bytes.getOrThrow(key)
  void new Blob([body])
  void crypto.subtle.digest('SHA-256', body)
  return new Response(body)
}
