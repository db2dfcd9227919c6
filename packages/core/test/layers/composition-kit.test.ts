import { conformance, variants } from '@kvdol/conformance'
import { describe, it } from 'vitest'
import { memory } from '../../src/index.ts'
import { type Composed, composed } from './support/composed.ts'

const everything = process.env.KVDOL_TEST_VARIANTS === 'all'
const layers = Object.entries(composed)

/** The cases that a layer leaves out, and why. */
function skipped({ skips = {}, slow = [] }: Composed): Readonly<Record<string, string>> {
  const why = 'it takes long here, and is tried with KVDOL_TEST_VARIANTS=all'
  return { ...skips, ...(everything ? {} : Object.fromEntries(slow.map(start => [start, why]))) }
}

const singles = layers.flatMap(([name, layer]) => {
  const { over, skips: _, slow: __, ...how } = layer
  const all = variants({ name, open: () => over(memory()), ...how })
  return (everything ? all : all.slice(0, 1)).map(subject => ({ ...subject, skips: skipped(layer) }))
})

/** Each layer over the next one; over every one in the long run. */
const pairs = layers.flatMap(([name, layer], index) =>
  layers
    .filter((_, other) => everything || other === (index + 1) % layers.length)
    .map(([below, inner]) => ({
      name: `${name} over ${below}`,
      open: () => layer.over(inner.over(memory())),
      keyOverhead: (layer.keyOverhead ?? 0) + (layer.ownKeys ? 0 : (inner.keyOverhead ?? 0)),
      view: true,
      skips: { ...skipped(inner), ...skipped(layer) },
    })),
)

describe.each([...singles, ...pairs])('$name', ({ skips, ...subject }) => {
  for (const { name, run } of conformance(subject)) {
    const [, why] = Object.entries(skips).find(([start]) => name.startsWith(start)) ?? []
    it(name, context => (why === undefined ? run(context) : context.skip(why)))
  }
})
