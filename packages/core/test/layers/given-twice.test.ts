import { bytes } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { at, mapKeys, memory, pipe, readOnly, shared, suffix, textValues } from '../../src/index.ts'
import { cached, fanout, observed, overlay, tiered } from '../../src/layers.ts'

type Bytes = ReturnType<typeof memory>

/** The same place once more, by another store. */
const again: Readonly<Record<string, (store: Bytes) => Bytes>> = {
  itself: store => store,
  'a shared view': store => shared(store),
  'the store behind a layer': store => pipe(store, observed<Bytes>({ end: () => {} })),
}

describe.each(Object.entries(again))('a store given twice, the second time as %s', (_, second) => {
  it('is refused where one would undo what is done in the other', () => {
    const store = memory()
    expect(() => cached(store, { near: second(store) })).toThrow('near is the store itself')
    expect(() => tiered([store, memory(), second(store)])).toThrow('one tier')
    expect(() => fanout({ a: store, b: second(store) })).toThrow('one part')
    expect(() => overlay([store, memory(), readOnly(second(store))])).toThrow('is a base')
  })

  it('is refused at the same prefix', () => {
    const store = memory()
    const part = at(store, 'a/b/')
    expect(() => cached(part, { near: at(second(store), 'a/b/') })).toThrow('near is the store')
  })
})

describe('parts of one store', () => {
  it('that have no key in common are stores of their own', async () => {
    const store = memory()
    const near = cached(at(store, 'far/'), { near: at(store, 'near/') })
    await near.set('a', bytes('1'))
    await near.get('a')
    await near.delete('a')
    const pair = fanout({
      picture: pipe(store, mapKeys(suffix('.jpg'))),
      title: pipe(store, mapKeys(suffix('.txt')), textValues()),
    })
    await pair.set('cat', { picture: bytes('a cat'), title: 'Tom' })
    expect(await pair.get('cat')).toEqual({ picture: bytes('a cat'), title: 'Tom' })
    expect(await store.size()).toBe(2)
  })
})
