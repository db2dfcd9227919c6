import { type Child, children } from '@kvdol/core'
import { ensure, expectKeys, expectRejects } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { collect } from '../collect.ts'
import { compareUtf8Bytes } from '../order.ts'
import type { ByteStore } from '../subject.ts'

const KEYS = [
  'a',
  'a/b',
  'a/c/d',
  'a/c/e',
  'a0',
  'a-b/x',
  'b/',
  'b//c',
  '/x',
  'deep/er/key',
  'deep/er/than/this',
  'é/à',
  '😀/1',
  '\uffff/1',
  'z',
]

/** L12: one level of the keys. */
export const levels: readonly Check[] = [
  check('L12', 'children gives the keys of one level, and what the others begin with', async lab => {
    const store = await lab.open()
    const stored = [...(await lab.fill(store, lab.random.shuffle([...KEYS]))).keys()]
    const ordered = lab.guarantees(store).order !== 'none'
    for (const prefix of [
      '',
      'a',
      'a/',
      'a/c',
      'a/c/',
      'b/',
      'b//',
      '/',
      'deep/',
      'deep/e',
      'none',
      'none/',
    ]) {
      const found = (await collect(children(store, prefix))).map(textOf)
      const wanted = [...new Set(stored.filter(key => key.startsWith(prefix)).map(key => under(key, prefix)))]
      const sorted = (texts: string[]) => texts.sort((x, y) => compareUtf8Bytes(x.slice(2), y.slice(2)))
      ensure(
        JSON.stringify(ordered ? found : sorted(found)) === JSON.stringify(sorted(wanted)),
        `the level under ${JSON.stringify(prefix)}`,
        `${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`,
      )
    }
  }),
  check('L12', 'going down level by level meets every key once', async lab => {
    const store = await lab.open()
    const many = Array.from({ length: 260 }, (_, index) => `f${index % 2}/${index}`)
    await store.setMany(many.map(key => [key, utf8(key)]))
    const found: string[] = []
    const waiting = ['']
    let levels = 0
    for (let prefix = waiting.pop(); prefix !== undefined; prefix = waiting.pop()) {
      ensure(++levels < 100, 'levels come to an end', `${levels} of them`)
      for (const child of await collect(children(store, prefix)))
        if ('prefix' in child) waiting.push(child.prefix)
        else ensure(found.push(child.key) <= many.length, 'levels come to an end', `${found.length} keys`)
    }
    expectKeys(found, many, 'every key is met once')
  }),
  check('L12', 'children takes well-formed text', async lab => {
    const store = await lab.open()
    for (const prefix of ['\ud800', 7, null, ['a']])
      await expectRejects(
        () => collect(children(store as ByteStore, prefix as string)),
        'InvalidArgument',
        `children refuses ${String(prefix)}`,
      )
  }),
]

function under(key: string, prefix: string): string {
  const slash = key.indexOf('/', prefix.length)
  return slash < 0 ? `k ${key}` : `p ${key.slice(0, slash + 1)}`
}

function textOf(child: Child): string {
  return 'prefix' in child ? `p ${child.prefix}` : `k ${child.key}`
}
