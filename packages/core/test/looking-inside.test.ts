import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  createStore,
  explain,
  filterKeys,
  first,
  inner,
  innerKey,
  type KeyCodec,
  mapKeys,
  mapValues,
  memory,
  pipe,
  prefix,
  readOnly,
  suffix,
  textValues,
  type ValueCodec,
} from '../src/index.ts'
import { onMissing } from '../src/layers.ts'

const namelessKeys: KeyCodec<string, string> = { decode: key => key.slice(1), encode: key => `x${key}` }
const loud: ValueCodec<string, string> = {
  decode: value => value.toUpperCase(),
  encode: value => value.toLowerCase(),
}

describe('explain', () => {
  it('tells each step of the key inward, and of the value outward', async () => {
    const store = memory()
    const named = pipe(store, mapKeys(prefix('p/')), mapKeys(namelessKeys))
    const view = pipe(
      named,
      filterKeys<typeof named>(key => key !== 'hidden'),
      textValues(),
      mapValues(loud),
    )
    await view.set('k', 'V')
    expect(await explain(view, 'k')).toEqual([
      { layer: 'mapKeys', key: 'xk' },
      { layer: 'mapKeys(prefix("p/"))', key: 'p/xk' },
      { layer: 'memory', value: bytes('v') },
      { layer: 'mapValues(text())', value: 'v' },
      { layer: 'mapValues', value: 'V' },
    ])
  })

  it('ends where a filter hides the key, and where there is no value', async () => {
    const store = pipe(memory(), mapKeys(prefix('p/')))
    const filtered = pipe(
      store,
      filterKeys<typeof store>(key => key !== 'hidden'),
    )
    const view = pipe(filtered, mapKeys(suffix('.s')), textValues())
    expect(await explain(pipe(filtered, textValues()), 'hidden')).toEqual([
      { layer: 'filterKeys', key: undefined },
    ])
    expect(await explain(view, 'absent')).toEqual([
      { layer: 'mapKeys(suffix(".s"))', key: 'absent.s' },
      { layer: 'mapKeys(prefix("p/"))', key: 'p/absent.s' },
      { layer: 'memory', value: undefined },
    ])
  })

  it('goes on below a layer, and refuses what `get` refuses', async () => {
    const below = pipe(memory(), mapKeys(prefix('p/')), textValues())
    const view = pipe(
      below,
      onMissing(key => `none of ${key}`),
      mapKeys(prefix('k')),
    )
    expect((await explain(view, '1')).map(step => ('key' in step ? step.key : step.value))).toEqual([
      'k1',
      'p/k1',
      undefined,
      'none of k1',
    ])
    expect(await rejection(explain(view, ''))).toMatchObject({ code: 'InvalidKey', op: 'explain', key: '' })
    await view.close()
    expect(await rejection(explain(view, '1'))).toMatchObject({ code: 'Closed', op: 'explain' })
  })
})

describe('first', () => {
  it('gives the first entry, or as many as asked for, and reads no others', async () => {
    const read: string[] = []
    const store = createStore({
      name: 'counting',
      get: (key: string) => {
        read.push(key)
        return key === 'b' ? undefined : bytes(key)
      },
      keys: () => ['a', 'b', 'c', 'd', 'e'],
    })
    const texts = pipe(store, textValues())
    expect(await first(texts)).toEqual(['a', 'a'])
    expect(read).toEqual(['a'])
    expect(await first(texts, 1)).toEqual([['a', 'a']])
    // A key that has gone meanwhile does not count.
    expect(await first(texts, 2)).toEqual([
      ['a', 'a'],
      ['c', 'c'],
    ])
    read.length = 0
    expect(await first(texts, 0)).toEqual([])
    expect(read).toEqual([])
    expect(await first(texts, 9)).toHaveLength(4)
    expect(await first(memory())).toBeUndefined()
    expect(await first(memory(), 3)).toEqual([])
  })
})

describe('inner', () => {
  it('reaches the keys and values of the driver, also under a layer', async () => {
    const driver = memory()
    const view = pipe(driver, mapKeys(prefix('p/')), textValues())
    await view.set('k', 'v')
    const layered = pipe(
      view,
      onMissing(() => 'none'),
      mapKeys(suffix('.s')),
    )
    for (const store of [view, layered]) {
      expect(await collect(inner(store).keys())).toEqual(['p/k'])
      expect(await inner(store).get('p/k')).toEqual(bytes('v'))
      expect(await inner(store).get('absent')).toBeUndefined()
    }
    expect(innerKey(view, 'k')).toBe('p/k')
    expect(innerKey(layered, 'k')).toBe('p/k.s')
  })

  it('can be written only where the store can', async () => {
    const driver = memory()
    const view = readOnly(pipe(driver, mapKeys(prefix('p/'))))
    expect(await rejection((inner(view) as typeof driver).set('k', bytes('v')))).toMatchObject({
      code: 'ReadOnly',
    })
    await (inner(pipe(driver, textValues())) as typeof driver).set('k', bytes('v'))
    expect(await driver.has('k')).toBe(true)
  })
})
