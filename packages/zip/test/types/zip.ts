import {
  at,
  type ByteStore,
  type Bytes,
  filterKeys,
  mapValues,
  memory,
  pipe,
  type Reader,
  readOnly,
  type Store,
  text,
  textValues,
} from '@kvdol/core'
import {
  archived,
  entryInfo,
  mergedZips,
  type RandomAccess,
  withoutMacJunk,
  zip,
  zipFolders,
  zipOf,
  zipped,
  zips,
} from '../../src/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only when the two types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

declare const access: RandomAccess
type ReadBytes = Reader<string, Bytes>

const writable = zip('a.zip', { level: 9, autoFlush: false })
same<typeof writable, ByteStore>()
const stored = zip({ store: memory(), key: 'a.zip' }, { deterministic: true })
same<typeof stored, ByteStore>()
const storedReader = zip({ store: readOnly(memory()), key: 'a.zip' })
same<typeof storedReader, ReadBytes>()
const read = zip(new Uint8Array(), { unsafe: 'refuse' })
same<typeof read, ReadBytes>()
const remote = zip(new URL('file:///a.zip'), { mustExist: true })
same<typeof remote, ReadBytes>()
const random = zip(access)
same<typeof random, ReadBytes>()

// @ts-expect-error: an archive in memory cannot be written
void read.set('a', new Uint8Array())
// @ts-expect-error: nor can how it would be written be chosen
zip(new Uint8Array(), { level: 9 })
// @ts-expect-error: a key of another store
zip({ store: memory(), key: 5 })
// @ts-expect-error: texts are no archives
zip({ store: pipe(memory(), textValues()), key: 'a' })
// @ts-expect-error: a typing mistake
zip('a.zip', { levle: 9 })

const many = pipe(memory(), zips(), textValues())
same<typeof many, Reader<[archive: string, entry: string], string>>()
const tuples = zips(mergedByPair())
same<typeof tuples, Reader<[archive: [year: number, month: number], entry: string], Uint8Array>>()
declare function mergedByPair(): Store<[year: number, month: number], Uint8Array>

const merged = mergedZips(['a.zip', new Uint8Array(), memory()])
same<typeof merged, Reader<string, Uint8Array>>()
const folders = zipFolders(writable)
same<typeof folders, Reader<string, Reader<string, Uint8Array>>>()
const clean = pipe(writable, filterKeys(withoutMacJunk))
same<typeof clean, ByteStore>()
const packed = zipOf(at(writable, 'd/'))
same<typeof packed, ReadableStream<Uint8Array>>()
const single = pipe(memory(), mapValues(zipped()), mapValues(text()))
same<typeof single, Store<string, string>>()
const archives = pipe(memory(), mapValues(archived()))
same<typeof archives, Store<string, Reader<string, Uint8Array>>>()

void entryInfo(many, ['a', 'b'])
// @ts-expect-error: the key of a pair of keys
void entryInfo(many, 'a')
