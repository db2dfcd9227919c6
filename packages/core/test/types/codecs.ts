import {
  affix,
  type ByteStore,
  base64,
  byExtension,
  commonPrefix,
  compose,
  composeKeys,
  decodeValues,
  field,
  gzip,
  invert,
  invertKeys,
  json,
  jsonValues,
  type KeyCodec,
  lines,
  mapKeys,
  mappedKeys,
  mapValues,
  memory,
  pipe,
  pipeline,
  prefix,
  type Reader,
  readOnly,
  type StandardSchema,
  type Store,
  schema,
  segments,
  suffix,
  template,
  text,
  textValues,
  tupleRecord,
  type ValueCodec,
} from '@kvdol/core'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only when the two types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

interface User {
  name: string
  age: number
}

const bytes = memory()
declare const documents: Store<string, User>

const paths = pipe(bytes, mapKeys(affix('a/', '.txt')), mapKeys(segments()))
same<typeof paths, ByteStore<readonly [string, ...string[]]>>()

const names = pipe(bytes, mapKeys(mappedKeys({ hosts: 'network/hosts', motd: 'motd.txt' })))
same<typeof names, ByteStore<'hosts' | 'motd'>>()
const byPairs = pipe(
  bytes,
  mapKeys(
    mappedKeys([
      ['one', 'a'],
      ['two', 'b'],
    ]),
  ),
)
same<typeof byPairs, ByteStore<'one' | 'two'>>()
const byMap = pipe(bytes, mapKeys(mappedKeys(new Map([[1, 'a']]))))
same<typeof byMap, ByteStore<number>>()

const composed = composeKeys(template('{user}/{n:int}').tuple(), prefix('x/'), suffix('.y'))
same<typeof composed, KeyCodec<readonly [string, number], string>>()
const inverted = invertKeys(segments())
same<typeof inverted, KeyCodec<string, readonly [string, ...string[]]>>()
export const common = pipe(bytes, mapKeys(commonPrefix(['a/b', 'a/c'])))

const users = pipe(bytes, jsonValues<User>())
same<typeof users, Store<string, User>>()
const anything = pipe(bytes, jsonValues())
same<typeof anything, Store<string, unknown>>()
const ages = pipe(
  bytes,
  jsonValues<User>(),
  decodeValues(user => user.age),
)
same<typeof ages, Reader<string, number>>()
const notes = pipe(bytes, textValues(), mapValues(lines()), readOnly)
same<typeof notes, Reader<string, string[]>>()
const reusable = pipeline(mapKeys<Store<string, Uint8Array>, string>(suffix('.txt')), textValues())
same<ReturnType<typeof reusable>, Store<string, string>>()
const tuples = pipe(bytes, mapKeys(template('{user}/{n:int}').tuple()), jsonValues<User>({ space: 2 }))
same<typeof tuples, Store<readonly [string, number], User>>()

const zipped = compose(json<User>(), text(), gzip())
same<typeof zipped, ValueCodec<User, Uint8Array, unknown>>()
const texts = invert(text())
same<typeof texts, ValueCodec<Uint8Array, string, unknown>>()
const encoded = compose(gzip(), base64(), text())
same<typeof encoded, ValueCodec<Uint8Array, Uint8Array, unknown>>()

const mixed = pipe(
  bytes,
  mapValues(byExtension({ '.json': compose(json<User>(), text()), '.txt': text(), '.gz': gzip() })),
)
same<typeof mixed, Store<string, User | string | Uint8Array>>()
const keyed = compose(byExtension({ '.txt': text() }, { fallback: text() }), gzip())
same<typeof keyed, ValueCodec<string, Uint8Array, string>>()
const noBytes = pipe(
  bytes,
  mapValues(byExtension({ '.txt': text() }, { fallback: compose(json<User>(), text()) })),
)
same<typeof noBytes, Store<string, User | string>>()

const people = pipe(documents, mapValues(tupleRecord(['name', 'age'])))
same<typeof people, Store<string, [string, number]>>()
declare const counters: Store<string, { count: number }>
const counts = pipe(counters, mapValues(field('count')))
same<typeof counts, Store<string, number>>()

declare const userSchema: StandardSchema<{ name: string; age?: number }, User>
const checked = pipe(bytes, jsonValues(), mapValues(schema(userSchema)))
same<typeof checked, Store<string, User>>()
const checkedCodec = compose(schema(userSchema), json(), text())
same<Parameters<typeof checkedCodec.encode>[0], User>()
declare const dateSchema: StandardSchema<string, Date>

export function misuse(): void {
  // @ts-expect-error: bytes are no text
  pipe(bytes, mapValues(json<User>()))
  // @ts-expect-error: text is no bytes
  pipe(bytes, textValues(), mapValues(gzip()))
  // @ts-expect-error: the parts do not fit together
  compose(json<User>(), gzip())
  // @ts-expect-error: paths are no strings
  composeKeys(prefix('a'), segments())
  // @ts-expect-error: values are strings already
  pipe(bytes, textValues(), jsonValues<User>())
  // @ts-expect-error: keys are paths
  pipe(paths, mapKeys(prefix('a')))
  // @ts-expect-error: no such name
  names.get('passwd')
  // @ts-expect-error: the schema does not accept what it gives
  pipe(bytes, jsonValues(), mapValues(schema(dateSchema)))
  // @ts-expect-error: keys are no strings
  pipe(bytes, mapKeys(segments()), mapValues(byExtension({ '.txt': text() })))
}
