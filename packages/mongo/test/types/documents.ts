import { at, type ByteStore, decodeValues, pipe, type Reader, type Store } from '@kvdol/core'
import type { Collection, ObjectId } from 'mongodb'
import {
  type append,
  blobs,
  database,
  documents,
  type MongoCollection,
  type MongoRecord,
  modify,
  push,
  server,
} from '../../src/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only when the two types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

interface Person {
  _id: string
  team: string
  age: number
  tags: string[]
}
declare const people: Collection<Person>
declare const anonymous: Collection<{ name: string }>
declare const undeclared: Collection
declare const other: MongoCollection

const byId = documents(people)
same<typeof byId, Store<string, Omit<Person, '_id'>>>()
same<Parameters<(typeof byId)['get']>[0], string>()
const person: { team: string; age: number; tags: string[] } = await byId.getOrThrow('ann')
person satisfies Omit<Person, '_id'>
// @ts-expect-error the key is a string
byId.get(5)
// @ts-expect-error the value has no key
byId.set('ann', { team: 'red', age: 'x', tags: [] })

const made = documents(anonymous)
same<Parameters<(typeof made)['get']>[0], ObjectId>()

const tuples = documents(people, { key: ['team', '_id'], value: 'age' })
same<typeof tuples, Store<readonly [string, string], number>>()
tuples.keys({ prefix: ['red'] })

const pairs = documents(people, { value: ['team', 'age'] })
same<typeof pairs, Store<string, readonly [string, number]>>()

const records = documents(people, { key: { record: ['team'] }, value: { record: ['age'] } })
same<typeof records, Store<Pick<Person, 'team'>, Pick<Person, 'age'>>>()

const lists = documents(people, { key: 'team', value: 'age', match: 'all' })
same<typeof lists, Store<string, number[]>>()

const page = documents(people, { value: 'age', limit: 10 })
same<typeof page, Reader<string, number>>()
// @ts-expect-error a part of a collection cannot be written
page.set('ann', 5)

for (const untyped of [documents(other), documents(undeclared)])
  same<typeof untyped, Store<unknown, Omit<MongoRecord, '_id'>>>()

const ages = pipe(
  documents(people),
  decodeValues(({ age }) => age),
)
same<typeof ages, Reader<string, number>>()

same<Awaited<ReturnType<typeof append<typeof tuples>>>, readonly [string, string]>()
modify(byId, 'ann', draft => {
  draft.tags.push('x')
  // @ts-expect-error no such field
  draft.nonsense = 1
})
push(documents(people, { value: 'tags' }), 'ann', ['x'])
// @ts-expect-error the items are strings
push(documents(people, { value: 'tags' }), 'ann', [5])

same<ReturnType<typeof blobs>, ByteStore>()
const ending = blobs(other, { expires: true })
ending.set('k', new Uint8Array(), { expiresAt: 5 })
at(ending, 'a/').set('k', new Uint8Array(), { expiresAt: 5 })
// @ts-expect-error values have no end here
blobs(other).set('k', new Uint8Array(), { expiresAt: 5 })
const texts = database({} as never, { open: collection => blobs(collection) })
same<typeof texts, Reader<string, ByteStore>>()
const all = server({} as never)
same<typeof all, Reader<string, Reader<string, Store<unknown, unknown>>>>()

// @ts-expect-error an option that does not exist
documents(people, { nonsense: 1 })
// @ts-expect-error an option that does not exist
blobs(people, { nonsense: 1 })

// Names are those of the documents.
// @ts-expect-error no such field
documents(people, { key: 'tema' })
// @ts-expect-error no such field
documents(people, { value: ['age', 'tag'] })
// @ts-expect-error no such field
documents(people, { sort: { agee: 1 } })

// Options that are decided later are typed as what they may be.
declare const limit: number | undefined
const part = documents(people, { value: 'age', limit })
same<typeof part, Reader<string, number>>()
declare const many: 'all' | 'unique'
const either = documents(people, { value: 'age', match: many })
same<Awaited<ReturnType<(typeof either)['get']>>, number | number[] | undefined>()
declare const later: 'all' | undefined
const perhaps = documents(people, { value: 'age', match: later })
same<Awaited<ReturnType<(typeof perhaps)['get']>>, number | number[] | undefined>()
