import { bytes } from '@kvdol/test-support'
import { expect, it } from 'vitest'
import { type AnyReader, fromMap, jsonValues, memory, pipe, readOnly } from '../../src/index.ts'
import { accepts, fanout, fields, flatten, mount, nested, onOverwrite, overlay } from '../../src/layers.ts'

it('accepts tells what each of several stores as one would refuse, and writes nothing', async () => {
  const place = memory()
  await place.set('a', bytes('{"list":[1],"text":"t"}'))
  const once = pipe(place, onOverwrite())
  const json = pipe(place, jsonValues())
  const one = bytes('1')
  const refused: [store: AnyReader, key: unknown, value: unknown, code: string][] = [
    [mount({ 'm/': place }), 'z', one, 'InvalidKey'],
    [mount({ 'm/': place, 'r/': readOnly(place) }), 'r/b', one, 'ReadOnly'],
    [mount({ 'm/': once }), 'm/a', one, 'Conflict'],
    [flatten(fromMap(new Map([['f', once]]))), ['f', 'a'], one, 'Conflict'],
    [flatten(fromMap(new Map([['f', once]]))), ['g', 'a'], one, 'NotFound'],
    [fanout({ left: memory(), right: once }), 'b', {}, 'InvalidValue'],
    [fanout({ left: memory(), right: once }), 'a', { right: one }, 'Conflict'],
    [overlay([once, memory()]), 'a', one, 'Conflict'],
    [nested(json), ':a', 1, 'InvalidKey'],
    [nested(json), 'a:text:b', 1, 'InvalidKey'],
    [nested(json), 'a:list:7', 1, 'InvalidKey'],
    [nested(json), 'a:b:c', 1, 'NotFound'],
    [nested(json), 'a:b', 1n, 'InvalidValue'],
    [fields({ store: json, key: 'a' }), 'b', 1n, 'InvalidValue'],
    [fields({ store: json, key: 'a' }, ['text']), 'b', 1, 'Incompatible'],
  ]
  for (const [store, key, value, code] of refused)
    expect(await accepts(store, key, value), `${store} at ${String(key)}`).toMatchObject({
      error: { code, key },
    })
  const taken: [store: AnyReader, key: unknown, value: unknown][] = [
    [mount({ 'm/': once }), 'm/b', one],
    [mount({ 'm/': once }), 'm/b', undefined],
    [flatten(fromMap(new Map([['f', once]]))), ['f', 'b'], one],
    [flatten(fromMap<string, typeof once>(), { create: () => once }), ['g', 'b'], one],
    [fanout({ left: memory(), right: once }), 'b', { right: one }],
    [fanout({ left: memory(), right: once }), 'b', undefined],
    [overlay([once, memory()]), 'b', one],
    [nested(json), 'a:list:1', 1],
    [nested(json), 'a:b', undefined],
    [nested(json), 'b', 1],
    [fields({ store: json, key: 'a' }), 'b', 1],
  ]
  for (const [store, key, value] of taken)
    expect(await accepts(store, key, value), `${store} at ${String(key)}`).toEqual({ accepted: true })
  expect(await place.size()).toBe(1)
})
