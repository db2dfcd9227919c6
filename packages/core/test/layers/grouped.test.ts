import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { createStore, fromMap, jsonValues, memory, pipe, type Reader } from '../../src/index.ts'
import { grouped } from '../../src/layers.ts'

const store = () =>
  fromMap(
    new Map([
      ['k1/a', 1],
      ['k2/a', 3],
      ['k1/b', 2],
    ]),
  )

describe('values by groups', () => {
  it('merges what is not consecutive, in listing order', async () => {
    const groups = grouped(store(), key => key.slice(0, 2))
    expectTypeOf(groups).toEqualTypeOf<Reader<string, number[]>>()
    expect(await collect(groups.entries())).toEqual([
      ['k1', [1, 2]],
      ['k2', [3]],
    ])
    expect(await collect(groups.keys())).toEqual(['k1', 'k2'])
    expect(await groups.get('k1')).toEqual([1, 2])
    expect([
      await groups.get('k3'),
      await groups.has('k3'),
      await groups.has('k2'),
      await groups.size(),
    ]).toEqual([undefined, false, true, 2])
  })

  it('may ask for the value, and groups may be anything with a content', async () => {
    const groups = grouped(store(), async (_, value) => ({ odd: ((await value()) ?? 0) % 2 === 1 }))
    expect(await groups.get({ odd: true })).toEqual([1, 3])
    expect(await collect(groups.keys())).toEqual([{ odd: true }, { odd: false }])
    expect(await groups.get({ odd: false })).toEqual([2])
  })

  it('tells a failing function from a value that cannot be read', async () => {
    const reason = new Error('no')
    const failing = grouped(store(), () => {
      throw reason
    })
    const error = await rejection(failing.get('x' as never))
    expect(error).toMatchObject({ code: 'InvalidArgument', store: 'grouped' })
    expect(error.cause).toBe(reason)
    const raw = memory()
    await raw.set('a', new Uint8Array([0x7b]))
    const corrupt = grouped(pipe(raw, jsonValues<number>()), async (_, value) => await value())
    expect(await rejection(collect(corrupt.keys()))).toMatchObject({ code: 'Corrupt' })
  })

  it('closes the store', async () => {
    const below = store()
    await grouped(below, key => key).close()
    expect(await rejection(below.get('a'))).toMatchObject({ code: 'Closed' })
  })
})
describe('what grouped says and asks', () => {
  it('takes a function, and blames it', async () => {
    for (const odd of [undefined, 5, 'a'])
      expect(() => grouped(memory(), odd as never)).toThrow(
        'grouped takes a function from key to group, not ',
      )
    const source = memory()
    await source.set('a', bytes('1'))
    const failing = grouped(source, (): string => {
      throw new Error('no group')
    })
    const error = await rejection(collect(failing.keys()))
    expect(error).toMatchObject({ code: 'InvalidArgument', cause: { message: 'no group' } })
    expect(error.message).toContain('the function of grouped failed: no group')
  })

  it('a failure of the store below is its own', async () => {
    const broken = createStore({
      name: 'broken',
      get: () => undefined,
      keys: () => {
        throw new Error('no listing')
      },
    })
    const store = grouped(broken, key => key)
    for (const call of [() => collect(store.keys()), () => store.get('a')])
      expect(await rejection(call)).toMatchObject({ cause: { message: 'no listing' } })
  })
})

it('an entry without a group is refused, and none is lost', async () => {
  const store = grouped(fromMap(new Map([['a', 1]])), () => undefined)
  const wanted = { code: 'InvalidArgument', message: expect.stringContaining('no group for "a"') }
  for (const call of [collect(store.keys()), collect(store.entries()), store.size()])
    expect(await rejection(call)).toMatchObject(wanted)
})
