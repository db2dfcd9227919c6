import { createStore, memory } from '@kvdol/core'
import { describe, it } from 'vitest'
import { conformance, type Subject, variants } from '../src/index.ts'

const naive: Subject = {
  name: 'a Map in seven lines',
  open() {
    const map = new Map<string, Uint8Array>()
    return createStore({
      name: 'map',
      get: key => map.get(key)?.slice(),
      keys: () => [...map.keys()],
      set: (key, value) => void map.set(key, value),
      delete: key => void map.delete(key),
    })
  },
}

const subjects: Subject[] = [
  { name: 'memory', open: () => memory() },
  { name: 'memory in order', open: () => memory({ order: 'utf8-bytes' }) },
  naive,
]

for (const variant of subjects.flatMap(variants))
  describe(variant.name, () => {
    for (const { name, run } of conformance(variant)) it(name, run)
  })
