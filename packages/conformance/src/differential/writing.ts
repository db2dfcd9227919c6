import { batch, type Change, remove, rename, writeStream } from '@kvdol/core'
import { filled, utf8 } from '../bytes.ts'
import type { FastPath, Probe, Row, Seeded } from './row.ts'

const LONG = 'x'.repeat(2000)

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

type Writing = Extract<FastPath, 'setMany' | 'deleteMany' | 'writeStream' | 'rename' | 'batch' | 'remove'>

/** The rows of methods that write. */
export const writing: Readonly<Record<Writing, Row>> = {
  setMany: writes(function* ({ entries, missing, batchAtomic }) {
    const [first = 'a', second = 'b'] = entries.keys()
    const set = (name: string, ...pairs: [key: string, value: Uint8Array][]): Probe => [
      `setMany ${name}`,
      store => store.setMany(pairs),
    ]
    yield set('of nothing')
    yield set('that replaces and creates', [first, utf8('replaced')], [missing[0] as string, utf8('created')])
    yield set('with an empty and a long value', ['empty', utf8('')], ['long', filled(70_001, 7)])
    yield set('with one key twice', [second, utf8('earlier')], ['n', utf8('n')], [second, utf8('later')])
    yield set('with keys that begin alike', ['same', utf8('1')], ['same2', utf8('2')], ['same-2', utf8('3')])
    if (!batchAtomic) yield set('with an illegal key', ['good', utf8('1')], [LONG, utf8('2')])
    yield [
      'setMany of 300 entries',
      store =>
        store.setMany(Array.from({ length: 300 }, (_, index) => [`many-${index}`, utf8(String(index))])),
    ]
  }),
  deleteMany: writes(function* ({ entries, missing }) {
    const keys = [...entries.keys()]
    yield ['deleteMany of nothing', store => store.deleteMany([])]
    yield ['deleteMany of missing keys', store => store.deleteMany(missing)]
    yield [
      'deleteMany with one key twice',
      store => store.deleteMany([...keys.slice(0, 2), ...keys.slice(0, 1)]),
    ]
    yield ['deleteMany with an illegal key', store => store.deleteMany([...keys.slice(2, 3), LONG])]
    yield [
      'deleteMany of half of them',
      store => store.deleteMany(keys.filter((_, index) => index % 2 === 0)),
    ]
  }),
  writeStream: writes(function* ({ entries, missing, ifAbsent }) {
    const [first = 'a', second = 'b'] = entries.keys()
    const stream = (name: string, key: string, chunks: () => Chunks, options = {}): Probe => [
      `writeStream ${name}`,
      store => writeStream(store, key, chunks(), options),
    ]
    yield stream('that creates', missing[0] as string, () => [utf8('in '), utf8('two')])
    yield stream('that replaces by something shorter', first, () => [utf8('x')])
    yield stream('of nothing', 'empty', () => [])
    yield stream('of empty chunks', 'empty-chunks', () => [utf8(''), utf8('a'), utf8('')])
    yield stream(
      'of many chunks',
      'long',
      () => Array.from({ length: 50 }, (_, index) => filled(3001, index)),
      { size: 150_050 },
    )
    yield stream('of another size', second, () => [utf8('short')], { size: 6 })
    yield stream('whose source fails', second, failing)
    yield stream('to an illegal key', LONG, () => [utf8('x')])
    if (!ifAbsent) return
    yield stream('over a value, with ifAbsent', second, () => [utf8('x')], { ifAbsent: true })
    yield stream('to a free key, with ifAbsent', 'free', () => [utf8('x')], { ifAbsent: true })
  }),
  batch: writes(function* ({ entries, missing, batchAtomic }) {
    const [a = 'a', b = 'b', c = 'c'] = entries.keys()
    const [absent = 'none'] = missing
    const change = (name: string, ...changes: Change<string, Uint8Array>[]): Probe => [
      `batch ${name}`,
      store => batch(store, changes),
    ]
    yield change('of nothing')
    yield change('that sets', { set: a, value: utf8('replaced') }, { set: absent, value: utf8('') })
    yield change('that deletes', { delete: b }, { delete: 'not there' })
    yield change('that does both', { delete: c }, { set: 'n', value: filled(70_001, 7) }, { delete: a })
    yield change('with one key twice', { set: 'twice', value: utf8('1') }, { delete: 'twice' })
    if (!batchAtomic) yield change('with an illegal key', { set: 'good', value: utf8('1') }, { delete: LONG })
  }),
  remove: writes(function* ({ entries, missing, deleteIfMatch }) {
    if (!deleteIfMatch) return
    const [a = 'a'] = entries.keys()
    for (const key of [...missing, a, a, LONG]) yield [`remove ${key}`, store => remove(store, key)]
  }),
  rename: writes(function* ({ entries, missing, ifAbsent }) {
    const [a = 'a', b = 'b', c = 'c', d = 'd'] = entries.keys()
    const [absent = 'none'] = missing
    const move = (from: string, to: string, options = {}): Probe => [
      `rename ${from} → ${to} ${JSON.stringify(options)}`,
      store => rename(store, from, to, options),
    ]
    yield move(a, 'new')
    yield move('new', b)
    yield move(absent, c)
    yield move(absent, 'nowhere')
    yield move(absent, absent)
    yield move(c, c)
    yield move(c, LONG)
    yield move(LONG, c)
    if (!ifAbsent) return
    yield move(c, d, { ifAbsent: true })
    yield move(c, c, { ifAbsent: true })
    yield move(absent, 'nowhere', { ifAbsent: true })
    yield move(d, 'free', { ifAbsent: true })
  }),
}

function writes(probes: (seeded: Seeded) => Iterable<Probe>): Row {
  return { writes: true, probes }
}

async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
  yield utf8('before the source fails')
  throw new RangeError('the source fails on purpose')
}
