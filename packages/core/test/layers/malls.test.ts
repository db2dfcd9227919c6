import { bytes, collect, rejection } from '@kvdol/test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  endsWith,
  filterKeys,
  jsonValues,
  mapKeys,
  memory,
  pipe,
  type Reader,
  readOnly,
  type Store,
  suffix,
  textValues,
} from '../../src/index.ts'
import { malls } from '../../src/layers.ts'

interface User {
  readonly name: string
}

describe('several stores under one root', () => {
  it('each has its folder and its own kind of keys and values', async () => {
    const root = memory()
    const { users, images, logs } = malls(root, {
      users: part => pipe(part, mapKeys(suffix('.json')), jsonValues<User>()),
      images: part => pipe(part, filterKeys(endsWith('.png'))),
      logs: part => readOnly(pipe(part, textValues())),
    })
    expectTypeOf(users).toEqualTypeOf<Store<string, User>>()
    expectTypeOf(logs).toEqualTypeOf<Reader<string, string>>()
    await users.set('ann', { name: 'Ann' })
    await images.set('cat.png', bytes('cat'))
    await root.set('logs/today', bytes('quiet'))
    expect(await collect(root.keys())).toEqual(['users/ann.json', 'images/cat.png', 'logs/today'])
    expect(await users.get('ann')).toEqual({ name: 'Ann' })
    expect(await logs.get('today')).toBe('quiet')
    expect(await rejection(images.set('cat.gif', bytes('x')))).toMatchObject({ code: 'ReadOnly' })
  })

  it('closing one leaves the others open; closing the root closes all', async () => {
    const root = memory()
    const { a, b } = malls(root, { a: textValues(), b: textValues() })
    await a.close()
    expect(await rejection(a.get('x'))).toMatchObject({ code: 'Closed' })
    await b.set('x', 'y')
    await root.close()
    expect(await rejection(b.get('x'))).toMatchObject({ code: 'Closed' })
  })

  it('names of prototypes are names', async () => {
    const root = memory()
    const mall = malls(root, { ['__proto__']: textValues(), constructor: textValues() })
    const proto = Object.entries(mall)[0]?.[1] as Store<string, string>
    await proto.set('x', 'y')
    expect(await collect(root.keys())).toEqual(['__proto__/x'])
  })
})
it('a name is that of a folder, and what is declared is a transform', () => {
  const root = memory()
  for (const odd of [undefined, [], 5, () => root])
    expect(() => malls(root, odd as never)).toThrow(
      'malls takes transforms by name, such as { users: jsonValues() }, not ',
    )
  for (const name of ['', 'a/b', '/', '\ud800'])
    expect(() => malls(root, { [name]: textValues() })).toThrow(
      "malls: a name is that of a folder, without a '/', not ",
    )
  for (const odd of [5, undefined, {}])
    expect(() => malls(root, { users: odd } as never)).toThrow(/malls, "users"/)
})
