import { type Child, children, mapKeys, pipe, prefix, type Store } from '@kvdol/core'
import { withService } from '@kvdol/services'
import { collect, rejection } from '@kvdol/test-support'
import { ObjectId } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { documents } from '../src/index.ts'
import { openServer } from './support/server.ts'

type Note = { _id: string; path: string; n: number }

const PATHS = ['a', 'a/b', 'a/c/d', 'a/c/e', 'a/', 'b//c', '/x', 'é/à', '😀/1', 'z.z', 'z.z/1', '%/_']

await withService('mongo', url => {
  const server = openServer(url)

  async function filled() {
    const collection = server.collection<Note>()
    await collection.insertMany(PATHS.map((path, n) => ({ _id: path, path, n })))
    return collection
  }

  const textsOf = async (level: AsyncIterable<Child>) =>
    (await collect(level)).map(child => ('prefix' in child ? `${child.prefix} …` : child.key)).sort()

  const wanted = (under: string) => {
    const found = PATHS.filter(path => path.startsWith(under)).map(path => {
      const slash = path.indexOf('/', under.length)
      return slash < 0 ? path : `${path.slice(0, slash + 1)} …`
    })
    return [...new Set(found)].sort()
  }

  describe('one level of documents', () => {
    it.each(['_id', 'path'] as const)('is listed by the server, by the key %s', async key => {
      const store = documents(await filled(), { key })
      await store.size()
      for (const under of ['', 'a', 'a/', 'a/c/', 'b/', '/', 'é/', '😀', 'z', 'z.z/', '%', 'none/']) {
        const before = server.commands.length
        expect(await textsOf(children(store, under))).toEqual(wanted(under))
        expect(server.commands.slice(before)).toEqual(['aggregate'])
      }
    })

    it('is of the documents of the store alone, and once for several with one key', async () => {
      const collection = await filled()
      const some = documents(collection, { filter: { n: { $lt: 3 } } })
      expect(await textsOf(children(some))).toEqual(['a', 'a/ …'])
      expect(await textsOf(children(documents(collection, { sort: { n: 1 }, skip: 1, limit: 2 })))).toEqual([
        'a/ …',
      ])
      await collection.insertOne({ _id: 'another', path: 'a/b', n: 0 })
      const every = documents(collection, { key: 'path', match: 'all' })
      expect(await textsOf(children(every, 'a/'))).toEqual(['a/', 'a/b', 'a/c/ …'])
    })

    it('goes through transforms', async () => {
      const store = documents(await filled())
      await store.size()
      const before = server.commands.length
      expect(await textsOf(children(pipe(store, mapKeys(prefix('a/')))))).toEqual(['b', 'c/ …'])
      expect(server.commands.slice(before)).toEqual(['aggregate'])
    })

    it('is refused for keys of several fields before anything is sent; mapped to text, they have levels', async () => {
      const collection = await filled()
      for (const key of [['path', 'n'], { record: ['path', 'n'] }, ['_id']] as const) {
        const store = documents(collection, { key: key as ['path', 'n'] })
        const before = server.commands.length
        const refused = await rejection(collect(children(store as never as Store<string, unknown>)))
        expect(refused).toMatchObject({ code: 'Unsupported', op: 'children' })
        expect(String(refused)).toMatch(/distinct and aggregate/)
        expect(server.commands.length).toBe(before)
      }
      const numbered = documents(collection, { key: ['n', '_id'] })
      const named = pipe(
        numbered,
        mapKeys({
          decode: ([n, id]: readonly [number, string]) => `${n}/${id}`,
          encode: (name: string) => [Number.parseInt(name, 10), name.slice(name.indexOf('/') + 1)] as const,
        }),
      )
      expect(await textsOf(children(named, '2/'))).toEqual(['2/a/ …'])
    })

    it('is refused where a key is no string', async () => {
      const collection = server.collection()
      await collection.insertMany([{ _id: 'a/b' as never }, { _id: new ObjectId() }, { _id: 7 as never }])
      const store = documents(collection) as never as Store<string, unknown>
      expect(await rejection(collect(children(store)))).toMatchObject({ code: 'Unsupported' })
      expect(await textsOf(children(store, 'a/'))).toEqual(['a/b'])
    })
  })
})
