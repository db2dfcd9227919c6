import { randomUUID } from 'node:crypto'
import { type ByteStore, conformance } from '@kvdol/conformance'
import { clear } from '@kvdol/core'
import { describe, it } from 'vitest'
import { dropbox } from '../src/index.ts'

const token = process.env.DROPBOX_TOKEN
const WHY = 'DROPBOX_TOKEN is not set; give a token of an app folder to run the kit on the live service'

/** The live service answers in tenths of seconds, and asks for fewer requests. */
const PATIENCE = 3_600_000

describe.each(['encoded', 'plain'] as const)('the live service, %s keys', keys => {
  const folder = `kvdol-test-${randomUUID()}`
  const roots = new WeakMap<ByteStore, string>()
  let places = 0
  const open = (root: string): ByteStore => {
    const store = dropbox({ token: token ?? 'none', root, keys, timeout: 120_000 })
    roots.set(store, root)
    return store
  }
  const cases = conformance({
    name: `${keys} keys on Dropbox`,
    open: () => open(`${folder}/${++places}`),
    reopen: store => open(roots.get(store) as string),
    async remove(store) {
      const again = open(roots.get(store) as string)
      await clear(again, { confirm: true })
      await again.close()
    },
  })
  for (const { name, run } of cases)
    it(
      name,
      async ctx => {
        if (token === undefined) ctx.skip(WHY)
        await run()
      },
      PATIENCE,
    )
})
