import {
  byExtension,
  compose,
  json,
  mapValues,
  memory,
  pipe,
  type Store,
  text,
  textValues,
  type ValueCodec,
} from '@kvdol/core'
import { type Cell, csv, csvRecords } from '../../src/csv/index.ts'
import { msgpack } from '../../src/msgpack/index.ts'
import type { structured } from '../../src/structured/index.ts'
import { yaml } from '../../src/yaml/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only when the two types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

type User = { name: string }

same<ReturnType<typeof structured<Map<string, Date>>>, ValueCodec<Map<string, Date>, Uint8Array>>()
const texts = pipe(memory(), textValues())

const tables = pipe(texts, mapValues(csv()))
same<typeof tables, Store<string, readonly (readonly (Cell | string)[])[]>>()

const strings = pipe(texts, mapValues(csv<string>()))
same<typeof strings, Store<string, readonly (readonly string[])[]>>()

const points = pipe(texts, mapValues(csvRecords({ fields: ['x', 'y'], cast: { x: Number } })))
same<typeof points, Store<string, readonly { x: number; y: string }[]>>()

const plain = pipe(texts, mapValues(csvRecords({ fields: ['x', 'y'] })))
same<typeof plain, Store<string, readonly { x: string; y: string }[]>>()

const optional = pipe(
  texts,
  mapValues(
    csvRecords({
      fields: ['day', 'count'],
      cast: { day: text => new Date(text), count: text => (text === '' ? undefined : Number(text)) },
    }),
  ),
)
same<typeof optional, Store<string, readonly { day: Date; count: number | undefined }[]>>()

// @ts-expect-error a cast for a column that does not exist
csvRecords({ fields: ['x'], cast: { z: Number } })
// @ts-expect-error the same beside one that does
csvRecords({ fields: ['x'], cast: { x: Number, z: Number } })
// @ts-expect-error what is read could not be written
csvRecords({ fields: ['x'], cast: { x: text => ({ text }) } })
// @ts-expect-error a cell is not an object
csv().encode([[{}]], 'k')
// @ts-expect-error only strings
csv<string>().encode([[1]], 'k')

const settings = pipe(texts, mapValues(yaml<User>()))
same<typeof settings, Store<string, User>>()

const sessions = pipe(memory(), mapValues(msgpack<User>({ bigint: true })))
same<typeof sessions, Store<string, User>>()

const mixed = pipe(
  memory(),
  mapValues(byExtension({ '.json': compose(json<User>(), text()), '.csv': compose(csv<string>(), text()) })),
)
same<typeof mixed, Store<string, User | readonly (readonly string[])[] | Uint8Array>>()
