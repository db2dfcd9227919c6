import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ByteStore, conformance, variants } from '@kvdol/conformance'
import { blobs, type Database, rows, sqlite, transaction } from '../../src/index.ts'

/** The program that a newer node runs: the whole kit over `node:sqlite`, and what its driver does in another way. */
const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kvdol-node-sqlite-'))
const databases = new WeakMap<ByteStore, { db: Database; file: string }>()
let count = 0
const opened = (file: string) => {
  const db = sqlite(file, { driver: 'node:sqlite', sync: 'normal' })
  const store = blobs(db)
  databases.set(store, { db, file })
  return store
}
const subject = {
  name: 'node:sqlite',
  open: () => opened(path.join(folder, `${count++}.db`)),
  reopen: (store: ByteStore) => opened(databases.get(store)?.file as string),
  remove: (store: ByteStore) => databases.get(store)?.db.close(),
}
const failed: string[] = []
let passed = 0
const attempt = async (name: string, run: () => Promise<unknown>) => {
  try {
    await run()
    passed++
  } catch (error) {
    if (error !== SKIPPED) failed.push(`${name}: ${error}`)
  }
}
const SKIPPED = Symbol('skipped')
const context = {
  skip(): never {
    throw SKIPPED
  },
}
for (const variant of variants(subject))
  for (const { name, run } of conformance(variant))
    await attempt(`${variant.name} ${name}`, async () => run(context as never))

await attempt('rows', async () => {
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite')
  const handle = new DatabaseSync(':memory:')
  const db = sqlite(handle)
  const store = rows(db, 't', {
    key: 'id',
    create: { columns: { id: 'integer', big: 'bigint', raw: 'bytes', yes: 'boolean', name: 'text' } },
  })
  const value = { big: 2n ** 62n, raw: Uint8Array.of(0, 1), yes: true, name: 'a\0b' }
  await store.set(1, value)
  const got = (await store.get(1)) as typeof value
  if (got.big !== value.big || got.raw[1] !== 1 || got.yes !== true || got.name !== value.name)
    throw new Error('another value came back')
  const refused = await store
    .set(1, { ...value, name: 7 as never })
    .catch((error: { code: string }) => error.code)
  if (refused !== 'InvalidValue') throw new Error('a number was taken for text')
  await transaction(db, async inside => {
    await rows(inside, 't', { key: 'id' }).delete(1)
    throw new Error('undo')
  }).catch(() => {})
  if ((await store.size()) !== 1) throw new Error('a transaction was not undone')
  await db.close()
  handle.close()
})

rmSync(folder, { recursive: true, force: true })
process.stdout.write(JSON.stringify({ passed, failed, driver: process.versions.node }))
