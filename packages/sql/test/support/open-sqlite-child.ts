import { blobs, type SqliteOptions, sqlite } from '../../src/index.ts'

/** A program that writes to a database in memory and tells what came of it: `node open-sqlite-child [driver]`. */
const driver = process.argv[2] as SqliteOptions['driver']
try {
  const store = blobs(sqlite(':memory:', { driver }))
  await store.set('a', new Uint8Array(3))
  console.log((await store.stat('a'))?.size === 3 ? 'stored' : 'lost')
} catch (error) {
  const { code, message } = error as { code: string; message: string }
  console.log(code, message)
}
