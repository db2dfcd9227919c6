import { conformance, variants } from '@kvdol/conformance'
import { memory } from '@kvdol/core'
import { files } from '@kvdol/fs'
import { describe, it } from 'vitest'
import { graze } from '../src/index.ts'
import { disturbed, nothing, subject } from './support/subject.ts'

const inMemory = () => {
  const caches = new Map<string, ReturnType<typeof memory>>()
  return subject('kept in memory', place => {
    if (!caches.has(place)) caches.set(place, memory())
    return graze({ cache: caches.get(place), source: nothing })
  })
}

describe.each([
  ...variants(inMemory()),
  disturbed('kept in a folder that can fail'),
  subject('kept in a folder', place => graze({ cache: place, source: nothing })),
  subject('kept in a plain folder', place => graze({ cache: files(place), source: nothing })),
  subject('kept for somebody', place => graze({ cache: place, source: nothing, identity: 'ann' })),
])('$name', variant => {
  for (const { name, run } of conformance(variant)) it(name, run)
})
