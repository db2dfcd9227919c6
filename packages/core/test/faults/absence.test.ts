import { collect } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { fromMap, getOr, pipe } from '../../src/index.ts'
import { onMissing } from '../../src/layers.ts'

const stored = () =>
  fromMap(
    new Map<string, unknown>([
      ['null', null],
      ['zero', 0],
      ['empty', ''],
      ['false', false],
    ]),
  )

describe('only undefined is absent', () => {
  it('onMissing leaves what is stored, by every way of reading', async () => {
    const store = pipe(
      stored(),
      onMissing(() => 'made'),
    )
    const entries = await collect(store.entries())
    expect(entries).toEqual(await collect(stored().entries()))
    for (const [key, value] of entries) {
      expect(await store.get(key)).toBe(value)
      expect(await store.getOrThrow(key)).toBe(value)
    }
    expect(await collect(store.getMany(entries.map(([key]) => key)))).toEqual(entries)
    expect(await store.get('absent')).toBe('made')
  })

  it('getOr gives what is stored, and the fallback for nothing else', async () => {
    const store = stored()
    for (const [key, value] of await collect(store.entries()))
      expect(await getOr(store, key, 'fallback')).toBe(value)
    expect(await getOr(store, 'absent', 'fallback')).toBe('fallback')
    expect(await getOr(store, 'absent', undefined)).toBe(undefined)
  })

  it('getOr rejects what get rejects', async () => {
    const { signal } = Object.assign(new AbortController(), {})
    const store = stored()
    await store.close()
    await expect(getOr(store, 'null', 1, { signal })).rejects.toMatchObject({ code: 'Closed' })
  })
})
