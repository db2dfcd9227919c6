import { refusal, rejection } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { filterKeys, mapKeys, memory, pipe, readRange, segments, template } from '../../src/index.ts'

const pair = template('{user}/{file}.txt').tuple()
const year = template('{user}/{year:int}').tuple()
const hex = template('{id:hex}-{rest}', {
  converters: { hex: { decode: text => text, encode: String, character: /[0-9a-f]/, length: 4 } },
})

describe('a key that does not fit a template', () => {
  it.each<[() => unknown, string, string]>([
    [() => pair.encode(['a/b', 'c']), 'invalid-field', 'the field user cannot hold "/" here'],
    [() => pair.encode(['', 'c']), 'empty-field', 'the field user is empty'],
    [
      () => template('{a}_{b}').encode({ a: 'x', b: 'y_z' }),
      'ambiguous',
      'looks like the text that follows it',
    ],
    [() => hex.encode({ id: 'a', rest: 'b' }), 'invalid-field', 'the field id is too short'],
    [() => hex.encode({ id: 'abcg', rest: 'b' }), 'invalid-field', 'the field id cannot hold "g" here'],
    [() => year.encode(['a', Number.NaN]), 'invalid-field', 'the field year is NaN, not a whole number'],
    [() => year.encode(['a', -0]), 'invalid-field', 'the field year is -0, not a whole number'],
    [() => year.encode(['a', undefined as never]), 'missing-field', 'the field year is missing'],
    [() => year.encode([5 as never, 1]), 'invalid-field', 'the field user is 5, not a string'],
    [() => year.encode(['a', '5' as never]), 'invalid-field', 'the field year is "5", not a whole number'],
    [() => segments().encode(['a', Number.NaN as never]), 'not-a-path', 'segment 1 of the key is NaN'],
    [() => segments().encode(['a', undefined as never]), 'not-a-path', 'segment 1 of the key is undefined'],
  ])('%#: is refused for the reason that holds', (encode, reason, words) => {
    const error = refusal(encode)
    expect(error).toMatchObject({ code: 'InvalidKey', reason })
    expect(error.message).toContain(words)
  })

  it('is printed as what it is', async () => {
    const store = pipe(memory(), mapKeys(year))
    expect((await rejection(store.get(['a', Number.NaN]))).message).toContain('get ["a","NaN"]')
    expect((await rejection(store.get(['a', undefined as never]))).message).toContain('get ["a","undefined"]')
  })
})

it('a range that is given as undefined is no range', async () => {
  const store = memory()
  await store.set('k', Uint8Array.of(1, 2, 3))
  for (const range of [
    { start: 1, suffix: undefined },
    { start: 1, end: undefined },
    { suffix: 2, start: undefined },
  ])
    expect(await readRange(store, 'k', range as never)).toEqual(Uint8Array.of(2, 3))
})

it('a predicate that answers later is refused by every method', async () => {
  const store = pipe(memory(), filterKeys((async () => false) as never))
  for (const call of [
    () => store.get('a'),
    () => store.has('a'),
    () => store.set('a', new Uint8Array()),
    () => store.delete('a'),
  ])
    expect((await rejection(call)).message).toContain('answers true or false')
})
