import { expectKeys } from '../assert.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import { eachAtOnce } from '../each-at-once.ts'
import type { ByteStore } from '../subject.ts'

const LOOKALIKES = [
  ...[
    'a',
    'ab',
    'abc',
    'b',
    'A',
    'a%',
    'a_',
    'a*',
    'a?',
    'a[b]',
    'a.',
    'a+',
    'a\\',
    'a%b',
    'axb',
    '%',
    '_',
    '*',
    '.',
    '^a',
    'a$',
  ],
  ...[
    'dir/x',
    'dir/y',
    'dirt',
    'dir',
    'dir/sub/z',
    'dir//x',
    '/dir',
    './dir',
    'x%2Fy',
    'x/y',
    '\u00e9a',
    'e\u0301a',
    '1_0',
    '100',
    '1x0',
  ],
]

/** K15: a prefix is nothing but the beginning of a string. */
export const prefixes: readonly Check[] = [
  check('K15', 'every beginning of every key lists what begins with it', async lab => {
    const store = await lab.open()
    const keys = [...(await lab.fill(store, LOOKALIKES)).keys()]
    const beginnings = new Set(
      LOOKALIKES.flatMap(key => [...key].map((_, index, all) => all.slice(0, index + 1).join(''))),
    )
    await listsWhatBegins(store, keys, beginnings)
  }),
  check('K15', 'odd keys as prefixes are literal', async lab => {
    const store = await lab.open()
    const keys = [...(await lab.fill(store, lab.oddKeys)).keys()]
    await listsWhatBegins(store, keys, lab.random.shuffle(lab.oddKeys).slice(0, 60))
  }),
  check('K15', 'an empty prefix lists everything', async lab => {
    const store = await lab.open()
    const stored = await lab.fill(store, LOOKALIKES)
    expectKeys(await keysOf(store, { prefix: '' }), stored.keys(), 'the empty prefix leaves nothing out')
  }),
]

async function listsWhatBegins(
  store: ByteStore,
  keys: readonly string[],
  prefixes: Iterable<string>,
): Promise<void> {
  await eachAtOnce(prefixes, async prefix =>
    expectKeys(
      await keysOf(store, { prefix }),
      keys.filter(key => key.startsWith(prefix)),
      `the keys that start with ${JSON.stringify(prefix)}`,
    ),
  )
}
