import { describe, expect, it } from 'vitest'
import { type HistoryEvent, isLinearisable } from '../src/index.ts'

const write = (value: string | undefined, began: number, ended: number): HistoryEvent => ({
  client: 0,
  kind: 'write',
  value,
  began,
  ended,
})
const read = (value: string | undefined, began: number, ended: number): HistoryEvent => ({
  client: 1,
  kind: 'read',
  value,
  began,
  ended,
})

describe('isLinearisable', () => {
  it.each<[string, HistoryEvent[]]>([
    ['nothing', []],
    ['a read of nothing', [read(undefined, 0, 1)]],
    ['a read that meets a write, before it', [write('a', 0, 3), read(undefined, 1, 2)]],
    ['a read that meets a write, after it', [write('a', 0, 3), read('a', 1, 2)]],
    ['two writes that meet, read in the other order', [write('a', 0, 3), write('b', 1, 2), read('a', 4, 5)]],
    ['a deletion', [write('a', 0, 1), write(undefined, 2, 3), read(undefined, 4, 5)]],
  ])('accepts %s', (_, events) => {
    expect(isLinearisable(events)).toBe(true)
  })

  it.each<[string, HistoryEvent[]]>([
    ['a value from nowhere', [read('a', 0, 1)]],
    ['a stale read', [write('a', 0, 1), write('b', 2, 3), read('a', 4, 5)]],
    ['reads that go back', [write('a', 0, 1), write('b', 2, 9), read('b', 3, 4), read('a', 5, 6)]],
    ['a lost write', [write('a', 0, 1), read(undefined, 2, 3)]],
  ])('refuses %s', (_, events) => {
    expect(isLinearisable(events)).toBe(false)
  })
})
