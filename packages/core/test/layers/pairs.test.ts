import { conformance } from '@kvdol/conformance'
import { describe, expect, it } from 'vitest'
import { memory } from '../../src/index.ts'
import { cached } from '../../src/layers.ts'
import { guards } from './guards.ts'
import { caches } from './support/caches.ts'
import { type Composed, composed } from './support/composed.ts'

/** Every case of every pair; otherwise each pair takes its turn at some of the cases, so that all together meet each. */
const ALL = process.env.KVDOL_TEST_VARIANTS === 'all'
const PART = 60

interface Representative extends Composed {
  readonly name: string
  readonly group: 'caches' | 'composition' | 'guards'
}

/** A pair that is refused when it is made, by what the message says, and why. */
const NO_BYTES = {
  cached: 'give a near store for them',
  expiring: "use by: 'modified' where the store keeps times",
}
const OF_OTHER_VALUES = ['fanout', 'flatten', 'fields']

/** What fanout leaves out over layers that answer later. */
const PARTS = {
  'W3 an aborted set leaves': 'a record is written in part where one store has it and one has not',
  'M2 histories of one key': 'a record that is read while it is written may be of both',
}

/** What a buffer leaves out over a store that looks at keys and values itself. */
const WAITING = Object.fromEntries(
  ['K1 ', 'K14 ', 'V6 ', 'V7 ', 'W13 ', 'C5 ', 'C9 no method throws', 'T12 errors'].map(start => [
    start,
    'what only the store below refuses, a buffer tells when it is flushed',
  ]),
)

const layers: readonly Representative[] = [
  ...Object.entries(caches).map(([name, over]) => ({ name, over, group: 'caches' as const })),
  {
    name: 'cached in a store of its own',
    over: store => cached(store, { near: memory(), keepWrites: true }),
    group: 'caches',
  },
  ...Object.entries(composed).map(([name, layer]) => ({ name, ...layer, group: 'composition' as const })),
  ...guards.map(({ name, over }) => ({ name, over, group: 'guards' as const })),
]

const pairs = layers.flatMap(below =>
  layers.filter(({ group }) => group !== below.group).map(above => ({ above, below })),
)

/** The cases that a layer leaves out over or under any other, and why. */
function skipped({ skips = {}, slow = [] }: Composed): Readonly<Record<string, string>> {
  const why = 'it takes long here, and is tried with KVDOL_TEST_VARIANTS=all'
  return { ...skips, ...(ALL ? {} : Object.fromEntries(slow.map(start => [start, why]))) }
}

/** What a predicate leaves out over a store whose codec looks at values. */
const ASKED = { 'V7 ': 'the predicate is asked about what is no bytes before the codec below refuses it' }

function together(above: Representative, below: Representative): Readonly<Record<string, string>> {
  if (above.name === 'fanout') return PARTS
  if (!OF_OTHER_VALUES.includes(below.name)) return {}
  if (above.name === 'buffered') return WAITING
  return above.name === 'filterEntries by value' ? ASKED : {}
}

pairs.forEach(({ above, below }, index) => {
  const refusal = OF_OTHER_VALUES.includes(below.name) && NO_BYTES[above.name as keyof typeof NO_BYTES]
  if (refusal) {
    it(`${above.name} over ${below.name} is refused`, () => {
      expect(() => above.over(below.over(memory()))).toThrow(refusal)
    })
    return
  }
  const skips = Object.entries({ ...skipped(below), ...skipped(above), ...together(above, below) })
  const cases = conformance({
    name: `${above.name} over ${below.name}`,
    open: () => above.over(below.over(memory())),
    keyOverhead: (above.keyOverhead ?? 0) + (above.ownKeys ? 0 : (below.keyOverhead ?? 0)),
    view: true,
  })
  const part = ALL ? cases : cases.filter((_, each) => each % PART === index % PART)
  describe(`${above.name} over ${below.name}`, () => {
    for (const { name, run } of part) {
      const [, why] = skips.find(([start]) => name.startsWith(start)) ?? []
      it(name, context => (why === undefined ? run(context) : context.skip(why)))
    }
  })
})
