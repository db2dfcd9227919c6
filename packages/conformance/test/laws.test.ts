import {
  base64,
  gzip,
  json,
  type KeyCodec,
  prefix,
  segments,
  suffix,
  text,
  type ValueCodec,
} from '@kvdol/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Case, keyCodecLaws, oddKeys, valueCodecLaws } from '../src/index.ts'

const failing = async (cases: Case[]) => {
  const failed = new Set<string>()
  for (const { clause, run } of cases) await run().catch(() => failed.add(clause))
  return [...failed]
}

describe('codecs of core', () => {
  const cases = [
    ...keyCodecLaws(prefix('base/'), {
      name: 'prefix',
      keys: oddKeys,
      foreign: ['base', 'bas/e', '/base/x'],
    }),
    ...keyCodecLaws(suffix('.json'), { name: 'suffix', keys: oddKeys, foreign: ['x.jso', '.jsonx'] }),
    ...valueCodecLaws(text(), {
      name: 'text',
      values: fc.string({ unit: 'binary' }),
      refused: ['\ud800'],
      damaged: [new Uint8Array([0xff])],
    }),
    ...valueCodecLaws(gzip(), {
      name: 'gzip',
      values: fc.uint8Array({ maxLength: 300 }),
      damaged: [new Uint8Array([1, 2, 3])],
    }),
    ...valueCodecLaws(base64(), { name: 'base64', values: fc.uint8Array(), damaged: ['*'] }),
  ]
  for (const { name, run } of cases) it(name, run)
})

describe('laws find a key codec', () => {
  const honest: KeyCodec<string, string> = prefix('p/')
  const keys = ['a', 'A', 'b', 'ab', 'é', '\uffff', '😀']
  const lies: [string, string, Partial<KeyCodec<string, string>>][] = [
    ['that forgets something', 'Q1', { decode: key => honest.decode(key)?.toLowerCase() }],
    ['that is not one to one', 'Q2', { encode: key => honest.encode(key.toLowerCase()) }],
    ['that decodes what is foreign', 'Q3', { decode: key => key.slice(2) }],
    ['that narrows a listing too far', 'Q4', { prefix: (outer = '') => `p/${outer}/` }],
    [
      'whose order is not kept',
      'Q5',
      {
        ordered: true,
        encode: key =>
          `p/${[...key].map(c => String.fromCodePoint(0x10ffff - (c.codePointAt(0) ?? 0))).join('')}`,
      },
    ],
  ]
  it.each(lies)('%s (%s)', async (_, clause, lie) => {
    expect(await failing(keyCodecLaws({ ...honest, ...lie }, { keys, foreign: ['x/a', 'qq'] }))).toContain(
      clause,
    )
  })
})

describe('laws find a value codec', () => {
  const honest: ValueCodec<string, Uint8Array> = text()
  it.each<[string, ValueCodec<string, Uint8Array>]>([
    ['Q6', { ...honest, decode: () => 'something' }],
    ['Q7', { ...honest, encode: value => new TextEncoder().encode(value) }],
  ])('that breaks %s', async (clause, codec) => {
    expect(await failing(valueCodecLaws(codec, { values: ['a', 'b'], refused: ['\ud800'] }))).toEqual([
      clause,
    ])
  })

  it('whose stream differs', async () => {
    const codec = gzip()
    const stream = {
      encode: (chunks: AsyncIterable<Uint8Array>) => chunks,
      decode: (chunks: AsyncIterable<Uint8Array>) => chunks,
    }
    expect(await failing(valueCodecLaws({ ...codec, stream }, { values: fc.uint8Array() }))).toEqual(['Q8'])
  })
})

describe('examples', () => {
  for (const { name, run } of [
    ...keyCodecLaws(segments(), { name: 'segments', keys: [['a'], ['a', 'b'], ['é', 'x', 'y']] }),
    ...valueCodecLaws(json(), { name: 'json', values: [1, 'a', null, { a: [1] }], damaged: ['{'] }),
  ])
    it(name, run)
})
