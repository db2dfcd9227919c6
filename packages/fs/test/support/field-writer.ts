// A program: sets 20 fields of its own and counts 20 times in a field of all, in one JSON file.

import { compose, json, type Store, text, update } from '@kvdol/core'
import { fields } from '@kvdol/core/layers'
import { files } from '../../src/index.ts'

const [root = '', writer = ''] = process.argv.slice(2)
const value = fields({
  store: files(root),
  key: 'shared.json',
  values: compose(json<Record<string, number>>(), text()),
}) as Store<string, number>
for (let turn = 0; turn < 20; turn++) {
  await Promise.all([
    value.set(`${writer}-${turn}`, turn),
    update(value, 'count', (count = 0) => count + 1, { retries: 1000 }),
  ])
}
