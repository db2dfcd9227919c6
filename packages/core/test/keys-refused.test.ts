import { refusal } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import {
  affix,
  commonPrefix,
  composeKeys,
  invertKeys,
  type KeyCodec,
  mappedKeys,
  oneOf,
  prefix,
  segments,
  suffix,
  template,
} from '../src/index.ts'

const nameless: KeyCodec<string, string> = { decode: key => key, encode: key => key }
const LATE = new Date('+010000-01-01')

describe('makers of key codecs refuse, and say what they take', () => {
  it.each<[() => unknown, string]>([
    [() => prefix(7 as never), 'prefix takes well-formed strings, not 7'],
    [() => suffix('\ud800'), 'suffix takes well-formed strings, not '],
    [() => affix('a', undefined as never), 'affix takes well-formed strings, not undefined'],
    [() => commonPrefix('a/b/c'), "commonPrefix takes a list of keys; for one key write ['a/b/c']"],
    [() => commonPrefix('a'.repeat(30)), `for one key write ['${'a'.repeat(20)}']`],
    [() => commonPrefix(7 as never), 'commonPrefix takes a list of keys, not 7'],
    [() => commonPrefix(['a', 7 as never]), 'commonPrefix takes keys that are strings, not 7'],
    [() => oneOf('abc' as never), "takes a list of keys; for one key write ['abc']"],
    [() => (composeKeys as () => unknown)(), 'composeKeys takes at least one codec'],
    [
      () => composeKeys(prefix('a'), {} as never),
      'codec 2 of composeKeys takes a key codec: { decode, encode }',
    ],
    [
      () => composeKeys(prefix as never, prefix('a')),
      'codec 1 of composeKeys: prefix was not called; write prefix()',
    ],
    [
      () => invertKeys({ decode: () => '' } as never),
      'invertKeys takes a key codec: { decode, encode }, both of them',
    ],
    [() => mappedKeys(7 as never), 'mappedKeys takes { outer: inner } or pairs, not 7'],
    [() => mappedKeys(null as never), 'mappedKeys takes { outer: inner } or pairs, not null'],
    [() => mappedKeys([['a']] as never), 'mappedKeys takes pairs [outer, inner], not '],
    [() => mappedKeys(['ab'] as never), 'mappedKeys takes pairs [outer, inner], not "ab"'],
    [() => mappedKeys({ '': 'a' }), 'mappedKeys: a key has at least one character'],
    [() => mappedKeys({ a: '' }), 'mappedKeys: a key has at least one character'],
    [() => segments(''), 'segments takes a separator of at least one character, not '],
    [() => segments('\ud800'), 'segments takes a separator of at least one character, not '],
    [() => segments(7 as never), 'segments takes a separator of at least one character, not 7'],
    [() => template(7 as never), 'template takes a well-formed string, not 7'],
    [() => template('\ud800{a}' as never), 'template takes a well-formed string, not '],
    [() => template('a' as never), 'template "a", character 1: there is no field'],
    [
      () => template('ab{c' as never),
      'template "ab{c", character 3: { has no partner; write {{ for a literal brace',
    ],
    [() => template('{a}}' as never), 'character 4: } has no partner; write }} for a literal brace'],
    [() => template('x{:int}' as never), 'character 2: the field has no name'],
    [() => template('{a}/{a}' as never), 'character 5: there are two fields a'],
    [() => template('{a:nope}' as never), 'character 1: there is no converter nope'],
    [() => template('{a}{b}' as never), 'character 4: nothing tells where a ends and b begins'],
    [
      () => (template('{a}/{b}') as unknown as { scalar(): unknown }).scalar(),
      'template("{a}/{b}") has 2 fields; scalar() is for one',
    ],
    [
      () => template('{a:x}', { converters: { x: { encode: String } } } as never),
      'template: the converter x needs both decode and encode',
    ],
    [
      () => template('{a:x}', { converters: { x: undefined } } as never),
      'template: the converter x needs both decode and encode',
    ],
    [
      () =>
        template('{a:x}', { converters: { x: { decode: String, encode: String, length: 257 } } } as never),
      'template: the length of the converter x is a whole number from 1 to 256',
    ],
    [
      () => template('{a:x}', { converters: { x: { decode: String, encode: String, length: 0 } } } as never),
      'template: the length of the converter x is a whole number from 1 to 256',
    ],
    [
      () => template('{a:x}', { converters: 7 } as never),
      'template: converters is an object of converters by name, not 7',
    ],
    [() => template('{a:x}', { converters: null } as never), 'an object of converters by name'],
  ])('%#: %s', (call, message) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
  })
})

describe('key codecs refuse keys, and say why', () => {
  const int = template('{n:int}').scalar()
  const float = template('{n:float}').scalar()
  const date = template('{n:date}').scalar()
  const datetime = template('{n:datetime}').scalar()
  const pair = template('{a}/{b}')
  const custom = (encode: (value: unknown) => unknown) =>
    template('{a:x}', { converters: { x: { decode: String, encode } } } as never) as unknown as KeyCodec<
      object,
      string
    >

  it.each<[() => unknown, string, string]>([
    [() => int.encode(1.5), 'invalid-field', 'the field n is 1.5, not a whole number up to 2^53 - 1'],
    [() => int.encode(-0), 'invalid-field', 'the field n is -0, not a whole number up to 2^53 - 1'],
    [() => int.encode(2 ** 53), 'invalid-field', 'not a whole number up to 2^53 - 1'],
    [() => int.encode('7' as never), 'invalid-field', 'the field n is "7", not a whole number'],
    [() => float.encode(Number.NaN), 'invalid-field', 'the field n is NaN, not a finite number'],
    [() => float.encode(-0), 'invalid-field', 'the field n is -0, not a finite number'],
    [
      () => float.encode(Number.POSITIVE_INFINITY),
      'invalid-field',
      'the field n is Infinity, not a finite number',
    ],
    [() => date.encode(5 as never), 'invalid-field', 'the field n is 5, not a Date'],
    [
      () => date.encode(new Date(1)),
      'invalid-field',
      'the field n is not midnight UTC; use datetime for a time of day',
    ],
    [
      () => date.encode(new Date(Number.NaN)),
      'invalid-field',
      'the field n is no date in the years 0 to 9999',
    ],
    [() => datetime.encode(LATE), 'invalid-field', 'the field n is no date in the years 0 to 9999'],
    [() => datetime.encode('x' as never), 'invalid-field', 'the field n is "x", not a Date'],
    [() => pair.encode({ a: 'x' } as never), 'missing-field', 'the field b is missing'],
    [() => pair.encode({ a: '', b: 'x' }), 'empty-field', 'the field a is empty'],
    [() => pair.encode({ a: 'x/y', b: 'z' }), 'invalid-field', 'the field a cannot hold "/" here'],
    [() => pair.encode({ a: 7, b: 'z' } as never), 'invalid-field', 'the field a is 7, not a string'],
    [() => pair.encode({ a: 'x', b: 'y', c: 'z' } as never), 'unknown-field', 'there is no field "c"'],
    [() => pair.encode(['x', 'y'] as never), 'not-a-record', 'a key is a record of fields here, not '],
    [() => pair.encode(null as never), 'not-a-record', 'a key is a record of fields here, not '],
    [() => pair.encode('x/y' as never), 'not-a-record', 'a key is a record of fields here, not '],
    [() => pair.tuple().encode({} as never), 'not-a-tuple', 'a key is a tuple here, not '],
    [() => pair.tuple().encode(['a', 'b', 'c'] as never), 'too-many', 'a key has 2 elements here, not 3'],
    [() => pair.parse('x'), 'no-match', '"x" is no key of template("{a}/{b}")'],
    [() => pair.parse(7 as never), 'no-match', '7 is no key of template("{a}/{b}")'],
    [
      () =>
        template('{a:path}.{n:int}').encode({ a: 'x.1', n: 2 } as never) &&
        template('{a:path}-{b:path}').encode({ a: 'x', b: 'y-z' }),
      'ambiguous',
      'the field a would not be read back from the key: it looks like the text that follows it',
    ],
    [() => template('{a:date}').prefix({ a: 5 } as never), 'invalid-field', 'the field a is 5, not a Date'],
    [() => custom(() => 7).encode({ a: 1 }), 'invalid-field', 'the field a is 7, not a string'],
    [
      () =>
        custom(() => {
          throw 'no error'
        }).encode({ a: 1 }),
      'invalid-field',
      'the field a does not fit',
    ],
    [
      () =>
        template('{a:x}', { converters: { x: { decode: String, encode: String, length: 3 } } }).encode({
          a: 'ab',
        } as never),
      'invalid-field',
      'the field a is too short',
    ],
    [() => segments().encode('a' as never), 'not-a-path', 'a key is an array of strings, not '],
    [() => segments().encode(['a', 7] as never), 'not-a-path', 'segment 1 of the key is 7, not a string'],
    [() => segments().encode([7, 'a'] as never), 'not-a-path', 'segment 0 of the key is 7, not a string'],
    [() => segments('::').encode(['a::b']), 'separator', 'a segment holds the separator "::"'],
    [() => segments().encode(['a', 'b/c']), 'separator', 'a segment holds the separator "/"'],
    [() => segments().encode([] as never), 'empty', 'a key has at least one character'],
    [
      () => mappedKeys({ a: 'b' }).encode('c' as never),
      'unknown-name',
      'the key is none of the names given to mappedKeys',
    ],
    [() => invertKeys(prefix('a/')).encode('b'), 'foreign', 'the key is not one that the codec makes'],
    [() => prefix('a/').encode(7 as never), 'not-a-string', 'a key is a string, not '],
    [() => prefix('a/').encode(''), 'empty', 'a key has at least one character'],
  ])('%#: %s', (call, reason, detail) => {
    expect(refusal(call)).toMatchObject({
      code: 'InvalidKey',
      reason,
      detail: expect.stringContaining(detail),
    })
  })
})

describe('key codecs tell', () => {
  it.each<[() => { readonly name?: string | undefined }, string]>([
    [() => prefix('a"/'), 'prefix("a\\"/")'],
    [() => suffix('.s'), 'suffix(".s")'],
    [() => affix('a', 'b'), 'affix("a", "b")'],
    [() => commonPrefix(['ab', 'ac']), 'prefix("a")'],
    [() => composeKeys(prefix('a'), nameless), 'prefix("a"), a key codec'],
    [() => invertKeys(prefix('a')), 'invertKeys(prefix("a"))'],
    [() => invertKeys(nameless), 'invertKeys(a key codec)'],
    [() => mappedKeys({ a: 'b', c: 'd' }), 'mappedKeys(2 names)'],
    [() => segments(), 'segments()'],
    [() => segments('::'), 'segments("::")'],
    [() => template('{a}'), 'template("{a}")'],
    [() => template('{a}').tuple(), 'template("{a}").tuple()'],
    [() => template('{a}').scalar(), 'template("{a}").scalar()'],
  ])('%#: what they are called', (make, name) => {
    expect(make().name).toBe(name)
  })

  it('whether they keep the order of the keys, and whether keys are texts', () => {
    const facts = ({ ordered, keys }: { ordered?: boolean | undefined; keys?: string | undefined }) => [
      ordered ?? false,
      keys,
    ]
    expect(facts(composeKeys(prefix('a'), prefix('b')))).toEqual([true, 'string'])
    expect(facts(composeKeys(prefix('a'), suffix('b')))).toEqual([false, 'string'])
    expect(facts(composeKeys(suffix('a'), prefix('b')))).toEqual([false, 'string'])
    expect(facts(composeKeys(segments(), prefix('b')))).toEqual([false, undefined])
    expect(facts(invertKeys(prefix('a')))).toEqual([true, undefined])
    expect(facts(invertKeys(suffix('a')))).toEqual([false, undefined])
    expect(facts(mappedKeys({ a: 'b' }))).toEqual([false, 'string'])
    expect(facts(mappedKeys([[1, 'b']]))).toEqual([false, undefined])
    expect(facts(template('{a}').scalar())).toEqual([false, 'string'])
    expect(facts(template('{a:path}').scalar())).toEqual([false, 'string'])
    expect(facts(template('{a:int}').scalar())).toEqual([false, undefined])
  })

  it('what inner keys have in common for an outer beginning', () => {
    expect(composeKeys(segments(), prefix('p/')).prefix?.(['a', 'b'] as never)).toBe('p/a/b')
    expect(composeKeys(nameless, prefix('p/')).prefix?.('a')).toBe('p/')
    expect(segments().prefix?.()).toBeUndefined()
    expect(template('a/{b}/{c}.x').prefix({})).toBe('a/')
    expect(template('a/{b}/{c}.x').prefix()).toBe('a/')
    expect(template('a/{b}/{c}.x').prefix({ b: 'y' })).toBe('a/y/')
    expect(template('a/{b}/{c}.x').prefix({ c: 'y' } as never)).toBe('a/')
    expect(template('a/{b}/{c}.x').prefix({ b: 'y', c: 'z' })).toBe('a/y/z.x')
    expect(
      template('a/{b}/{c}.x')
        .tuple()
        .prefix?.(['y'] as never),
    ).toBe('a/y/')
    expect(template('a/{b}/{c}.x').tuple().prefix?.()).toBe('a/')
    expect(template('a/{b}.x').scalar().prefix?.('y')).toBe('a/y')
    expect(
      template('a/{b:int}.x')
        .scalar()
        .prefix?.(7 as never),
    ).toBe('a/')
    expect(mappedKeys<string, unknown>([['a', 1]]).prefix?.()).toBeUndefined()
    expect(commonPrefix(['a\uffffb']).affix.before).toBe('a\uffff')
  })
})
