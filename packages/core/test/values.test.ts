import { bytes as bytesOf, refusal, rejection } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  base64,
  brotli,
  byExtension,
  compose,
  deflate,
  field,
  gzip,
  invert,
  json,
  jsonValues,
  lines,
  mapKeys,
  mapValues,
  memory,
  pipe,
  type StandardResult,
  type StandardSchema,
  StoreError,
  schema,
  suffix,
  text,
  textValues,
  tupleRecord,
  type ValueCodec,
} from '../src/index.ts'
import type { EditingCodec } from '../src/layers.ts'
import { oddText } from './odd.ts'

async function roundTrip<Outer, Inner>(
  codec: ValueCodec<Outer, Inner>,
  value: Outer,
  key = 'k',
): Promise<void> {
  const inner = await codec.encode(value, key)
  expect(await codec.decode(inner, key)).toEqual(value)
}

describe('text', () => {
  it('is UTF-8', () => {
    expect(text().encode('é', 'k')).toEqual(new Uint8Array([0xc3, 0xa9]))
    expect(invert(text()).encode(new Uint8Array([0xc3, 0xa9]), 'k')).toBe('é')
  })

  it('keeps a byte order mark', async () => {
    await roundTrip(text(), '\ufeffa')
    expect(text().decode(new Uint8Array([0xef, 0xbb, 0xbf]), 'k')).toBe('\ufeff')
  })

  it.each([[[0xff]], [[0xc3]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf8, 0x88, 0x80, 0x80, 0x80]]])(
    'finds %j corrupt',
    async values => {
      expect(await rejection(() => text().decode(new Uint8Array(values), 'k'))).toMatchObject({
        code: 'Corrupt',
      })
    },
  )

  it.each([[1], [null], [undefined], [new Uint8Array(1)], ['\ud800'], ['a\udc00']])(
    'refuses %j',
    async value => {
      expect(await rejection(() => text().encode(value as never, 'k'))).toMatchObject({
        code: 'InvalidValue',
      })
    },
  )

  it('refuses bytes in a store of text, and text in a store of bytes', async () => {
    const store = memory()
    await expect(pipe(store, textValues()).set('a', bytesOf('x') as never)).rejects.toMatchObject({
      code: 'InvalidValue',
      message: expect.stringContaining('Uint8Array'),
    })
    await expect(store.set('a', 'x' as never)).rejects.toMatchObject({ code: 'InvalidValue' })
    expect(await store.has('a')).toBe(false)
  })

  it('gives back any well-formed string', async () => {
    await fc.assert(fc.asyncProperty(oddText, value => roundTrip(text(), value)))
  })
})

describe('json', () => {
  it('composes with text and gzip, encoding from left to right', async () => {
    const codec = compose(json<object>(), text(), gzip())
    const stored = await codec.encode({ a: [1, 2] }, 'k')
    expect([...stored.slice(0, 2)]).toEqual([0x1f, 0x8b])
    expect(await codec.decode(stored, 'k')).toEqual({ a: [1, 2] })
  })

  it('invalid JSON is corrupt and names the key, not its content', async () => {
    const inner = memory()
    const store = pipe(inner, mapKeys(suffix('.json')), jsonValues())
    for (const content of ['secret', '{"a": secret}', '{"secret', '', '[1,]secret']) {
      await inner.set('a.json', bytesOf(content))
      const error = await rejection(() => store.get('a'))
      expect(error).toMatchObject({ code: 'Corrupt', key: 'a' })
      expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('secret')
    }
  })

  it('says where the text stops being JSON', async () => {
    expect((await rejection(() => json().decode('{"a": 1', 'k'))).message).toMatch(
      /ends too early|position 7/,
    )
    expect((await rejection(() => json().decode('{"a": 1]', 'k'))).message).toContain('position 7')
  })

  it('indents on request', () => {
    expect(json({ space: 2 }).encode({ a: 1 }, 'k')).toBe('{\n  "a": 1\n}')
  })

  it.each([
    [undefined, 'undefined'],
    [() => 1, 'function'],
    [Symbol('x'), 'symbol'],
    [1n, 'bigint'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [{ a: [{ b: Number.NaN }] }, 'NaN at .a[0].b'],
    [{ a: { b: 1n } }, 'bigint at .a.b'],
    [[undefined], 'undefined at [0]'],
    [Array(1), 'undefined at [0]'],
    [{ f: () => 1 }, 'function at .f'],
    [new Map([[1, 2]]), 'a value of type Map'],
    [{ s: new Set() }, 'a value of type Set at .s'],
    [new Uint8Array(1), 'a value of type Uint8Array'],
    [new Error('x'), 'a value of type Error'],
    [
      new (class Point {
        x = 1
      })(),
      'a value of type Point',
    ],
  ])('refuses %s, which JSON would change', async (value, what) => {
    const error = await rejection(() => json().encode(value, 'k'))
    expect(error.code).toBe('InvalidValue')
    expect(error.message).toContain(what)
  })

  it('refuses a cycle without showing what is in it', async () => {
    const cycle: Record<string, unknown> = { secret: 1 }
    cycle.self = cycle
    expect(await rejection(() => json().encode(cycle, 'k'))).toMatchObject({
      code: 'InvalidValue',
      message: /circular/,
    })
  })

  it('stores what toJSON gives, and leaves out properties that are undefined', () => {
    expect(json().encode({ at: new Date(0), no: undefined }, 'k')).toBe('{"at":"1970-01-01T00:00:00.000Z"}')
    expect(json().encode(Object.create(null), 'k')).toBe('{}')
  })

  it('lets a replacer and a reviver hold more', async () => {
    const codec = json<{ big: bigint; no: number }>({
      replacer: (_, value) => (typeof value === 'bigint' ? `${value}n` : value),
      reviver: (_, value) =>
        typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
    })
    await roundTrip(codec, { big: 12n, no: 1 })
    expect(codec.encode({ big: 1n, no: Number.NaN }, 'k')).toBe('{"big":"1n","no":null}')
  })

  it('keeps `__proto__` an ordinary property', () => {
    const read = json<Record<string, unknown>>({ reviver: (_, value) => value }).decode(
      '{"__proto__":{"x":1}}',
      'k',
    )
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect((read as { x?: unknown }).x).toBeUndefined()
    expect(json().encode(read, 'k')).toBe('{"__proto__":{"x":1}}')
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('decodes text and nothing else', async () => {
    expect(await rejection(() => json().decode(bytesOf('1') as never, 'k'))).toMatchObject({
      code: 'Corrupt',
    })
  })

  it('gives back any JSON value', async () => {
    const noMinusZero = fc
      .jsonValue()
      .filter(value => !JSON.stringify(value).includes('-0') && !Object.is(value, -0))
    await fc.assert(
      fc.asyncProperty(noMinusZero, async value => {
        const inner = json().encode(value, 'k') as string
        expect(JSON.stringify(json().decode(inner, 'k'))).toBe(JSON.stringify(value))
      }),
    )
  })
})

describe('json before which a byte order mark stands', () => {
  it('is read, and refused when strict', async () => {
    const stored = text().decode(new Uint8Array([0xef, 0xbb, 0xbf, ...bytesOf('{"a":1}\r\n')]), 'k') as string
    expect(json().decode(stored, 'k')).toEqual({ a: 1 })
    for (const wrong of [
      () => json({ strict: true }).decode(stored, 'k'),
      () => json().decode(`\ufeff${stored}`, 'k'),
      () => json().decode('\ufeff', 'k'),
    ])
      expect(await rejection(wrong)).toMatchObject({ code: 'Corrupt' })
  })
})

describe('base64', () => {
  it('encodes hello', () => {
    expect(base64().encode(bytesOf('hello'), 'k')).toBe('aGVsbG8=')
    expect(base64({ url: true }).encode(new Uint8Array([0xfb, 0xff, 0xfe, 0xff]), 'k')).toBe('-__-_w')
  })

  const asOthersWrite = [
    ['without padding', 'aGVsbG8'],
    ['with line ends', 'aGVs\r\nbG8=\r\n'],
    ['indented', '\n  aGVs\n\tbG8='],
    ['with a byte order mark', '\ufeffaGVsbG8=\n'],
  ] as const

  it.each(asOthersWrite)('reads text %s, and refuses it when strict', async (_, stored) => {
    for (const url of [true, false]) expect(base64({ url }).decode(stored, 'k')).toEqual(bytesOf('hello'))
    expect(await rejection(() => base64({ strict: true }).decode(stored, 'k'))).toMatchObject({
      code: 'Corrupt',
    })
  })

  it('reads what Buffer writes in lines of any length, in either alphabet', () => {
    const lined = fc.record({
      value: fc.uint8Array({ maxLength: 200 }),
      length: fc.integer({ min: 1, max: 76 }),
      end: fc.constantFrom('\n', '\r\n', '\r', ' ', ''),
      encoding: fc.constantFrom('base64' as const, 'base64url' as const),
      url: fc.boolean(),
    })
    fc.assert(
      fc.property(lined, ({ value, length, end, encoding, url }) => {
        const text = Buffer.from(value).toString(encoding)
        const stored = text.replace(new RegExp(`.{1,${length}}`, 'g'), line => line + end)
        expect(base64({ url }).decode(stored, 'k')).toEqual(value)
      }),
    )
  })

  it.each([
    ['aGVsbG8=='],
    ['aGVs=bG8='],
    ['aGVsbG9='],
    ['aGVsbG8=aGVsbG8='],
    ['aGVs.bG8='],
    ['aGVs\vbG8='],
    ['é'],
    ['a'],
    ['='],
  ])('finds %j corrupt', async stored => {
    for (const url of [true, false])
      expect(await rejection(() => base64({ url }).decode(stored, 'k'))).toMatchObject({ code: 'Corrupt' })
  })

  it.each([['aGVsbG8='], ['+A'], ['_x'], ['-__-_w==']])(
    'finds %j corrupt for URLs, when strict',
    async stored => {
      expect(await rejection(() => base64({ url: true, strict: true }).decode(stored, 'k'))).toMatchObject({
        code: 'Corrupt',
      })
    },
  )

  it('gives back any bytes', async () => {
    const bytes = fc.uint8Array({ maxLength: 100 })
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), (value, url) => roundTrip(base64({ url, strict: true }), value)),
    )
    const large = new Uint8Array(100_003).fill(0xfb)
    expect(Buffer.from(base64().encode(large, 'k') as string, 'base64').equals(large)).toBe(true)
  })

  it('refuses what is no bytes', async () => {
    expect(await rejection(() => base64().encode('x' as never, 'k'))).toMatchObject({ code: 'InvalidValue' })
  })
})

describe('lines', () => {
  it.each([
    [[], ''],
    [[''], '\n'],
    [['', ''], '\n\n'],
    [['a', 'b'], 'a\nb\n'],
    [['a\r'], 'a\r\n'],
  ])('%j are %j', (value, stored) => {
    expect(lines().encode(value, 'k')).toBe(stored)
    expect(lines().decode(stored, 'k')).toEqual(value)
  })

  it('reads a last line without its end', () => {
    expect(lines().decode('a\nb', 'k')).toEqual(['a', 'b'])
  })

  it.each([[['a\nb']], [['a', 1]], ['a'], [[undefined]]])('refuses %j', async value => {
    expect(await rejection(() => lines().encode(value as never, 'k'))).toMatchObject({ code: 'InvalidValue' })
  })

  it('gives back any lines', async () => {
    const line = oddText.filter(value => !value.includes('\n'))
    await fc.assert(fc.asyncProperty(fc.array(line), value => roundTrip(lines(), value)))
  })
})

describe('field and tupleRecord', () => {
  it('make records of a value and of a tuple', () => {
    expect(field('v').encode(5, 'k')).toEqual({ v: 5 })
    expect(field('v').decode({ v: 5 }, 'k')).toBe(5)
    expect(tupleRecord(['a', 'b']).encode([1, 2], 'k')).toEqual({ a: 1, b: 2 })
    expect(tupleRecord(['a', 'b']).decode({ b: 2, a: 1 }, 'k')).toEqual([1, 2])
  })

  it.each([[{}], [{ w: 1 }], [{ v: 1, w: 2 }], [null], ['v'], [undefined], [Object.create({ v: 1 })]])(
    'find %j corrupt',
    async record => {
      expect(await rejection(() => field('v').decode(record as never, 'k'))).toMatchObject({
        code: 'Corrupt',
      })
      expect(await rejection(() => tupleRecord(['v']).decode(record as never, 'k'))).toMatchObject({
        code: 'Corrupt',
      })
    },
  )

  it.each([[[1]], [[1, 2, 3]], ['ab'], [{ a: 1, b: 2 }]])('refuse the tuple %j', async tuple => {
    expect(await rejection(() => tupleRecord(['a', 'b']).encode(tuple as never, 'k'))).toMatchObject({
      code: 'InvalidValue',
    })
  })

  it('treat names of the prototype as ordinary names', async () => {
    await roundTrip(tupleRecord(['__proto__', 'constructor']), [{ x: 1 }, 2])
    await roundTrip(field('__proto__'), { x: 1 })
    expect(Object.keys(field('__proto__').encode(1, 'k'))).toEqual(['__proto__'])
  })

  it('refuse names that occur twice', () => {
    expect(() => tupleRecord(['a', 'a'])).toThrow(TypeError)
  })
})

describe('byExtension', () => {
  const codec = byExtension({
    '.json': compose(json(), text()),
    '.txt': text(),
    '.gz': gzip(),
    '.lines.txt': compose(lines(), text()),
  })

  it('encodes each key by its chain, and leaves others as bytes', async () => {
    const inner = memory()
    const store = pipe(inner, mapValues(codec))
    await store.set('a.json', { a: 1 })
    await store.set('c.txt', 'text')
    await store.set('c.lines.txt', ['1', '2'])
    await store.set('d.json.gz', { d: [1] })
    await store.set('e.bin', bytesOf('raw'))
    await store.set('f.gz', bytesOf('raw'))
    expect(await inner.get('a.json')).toEqual(bytesOf('{"a":1}'))
    expect(await inner.get('c.lines.txt')).toEqual(bytesOf('1\n2\n'))
    expect(await inner.get('e.bin')).toEqual(bytesOf('raw'))
    expect([...((await inner.get('d.json.gz')) ?? [])].slice(0, 2)).toEqual([0x1f, 0x8b])
    expect(await store.get('d.json.gz')).toEqual({ d: [1] })
    expect(await store.get('f.gz')).toEqual(bytesOf('raw'))
    expect(await store.get('c.lines.txt')).toEqual(['1', '2'])
  })

  it('chains only behind a codec from bytes to bytes', async () => {
    expect(await codec.encode({ a: 1 }, 'a.txt.json')).toEqual(bytesOf('{"a":1}'))
    const twice = await codec.encode('x', 'a.txt.gz.gz')
    expect(await codec.decode(twice, 'a.txt.gz.gz')).toBe('x')
  })

  it('takes a fallback, and extensions of the prototype as none', async () => {
    const store = pipe(
      memory(),
      mapValues(byExtension({ '.json': compose(json(), text()) }, { fallback: text() })),
    )
    await store.set('constructor', 'x')
    await store.set('.toString', 'y')
    expect(await store.get('constructor')).toBe('x')
    await expect(store.set('b', 1 as never)).rejects.toMatchObject({ code: 'InvalidValue' })
  })

  it('refuses an extension without its dot, and keys that are no strings', async () => {
    expect(() => byExtension({ json: text() })).toThrow(/begins with a dot, not json/)
    expect(() => codec.encode('x', ['a.txt'] as never)).toThrow(TypeError)
  })
})

describe('schema', () => {
  interface User {
    name: string
    tags: string[]
  }

  /** Defaults `tags`, drops other fields, and quotes the value in its messages, as some libraries do. */
  function users(later: boolean): StandardSchema<{ name: string; tags?: string[] }, User> {
    const validate = (value: unknown): StandardResult<User> => {
      const { name, tags = [] } = (value ?? {}) as Partial<User>
      if (typeof name !== 'string')
        return {
          issues: [{ message: `expected string, got ${String(name)}`, path: ['name'] }, { message: 'x' }],
        }
      const wrong = tags.findIndex(tag => typeof tag !== 'string')
      if (wrong < 0) return { value: { name, tags } }
      return { issues: [{ message: `bad ${tags[wrong]}`, path: [{ key: 'tags' }, wrong] }] }
    }
    return {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: value => (later ? Promise.resolve(validate(value)) : validate(value)),
      },
    }
  }

  it.each([[false], [true]])('validates both ways (later: %s)', async later => {
    const inner = memory()
    const store = pipe(inner, jsonValues(), mapValues(schema(users(later))))
    await store.set('a', { name: 'Ann', tags: ['x'], secret: 1 } as User)
    expect(await inner.get('a')).toEqual(bytesOf('{"name":"Ann","tags":["x"]}'))
    await inner.set('b', bytesOf('{"name":"Bob"}'))
    expect(await store.get('b')).toEqual({ name: 'Bob', tags: [] })
    await inner.set('c', bytesOf('{"name":7}'))
    await expect(store.get('c')).rejects.toMatchObject({ code: 'Corrupt', key: 'c' })
    await expect(store.set('d', { name: 7 } as never)).rejects.toMatchObject({
      code: 'InvalidValue',
      key: 'd',
    })
    expect(await inner.has('d')).toBe(false)
  })

  it('names the places, never the values', async () => {
    const error = await rejection(() =>
      schema(users(false)).encode({ name: 'a', tags: ['x', 4711] } as never, 'k'),
    )
    expect(error.message).toContain('at tags.1')
    const other = await rejection(() => schema(users(false)).encode({ name: 4711 } as never, 'k'))
    expect(other.message).toContain('at name')
    expect(`${error.message}${other.message}${String(error.cause)}${String(other.cause)}`).not.toContain(
      '4711',
    )
  })

  it('takes a schema and nothing else', () => {
    expect(() => schema({} as never)).toThrow(TypeError)
    expect(() => schema(undefined as never)).toThrow(TypeError)
  })
})

describe('compose and invert', () => {
  it('is associative', async () => {
    const left = compose(compose(lines(), text()), gzip())
    const right = compose(lines(), compose(text(), gzip()))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.stringMatching(/^[a-z]*$/)), async value => {
        expect(await left.encode(value, 'k')).toEqual(await right.encode(value, 'k'))
        await roundTrip(left, value)
      }),
      { numRuns: 20 },
    )
  })

  it('answers at once where no part waits', () => {
    expect(compose(json(), text()).encode({ a: 1 }, 'k')).toEqual(bytesOf('{"a":1}'))
  })

  it('hands the key to every part', () => {
    const keyed: ValueCodec<string, string, string> = {
      decode: (inner, key) => inner.slice(key.length),
      encode: (outer, key) => key + outer,
    }
    expect(compose(keyed, keyed).encode('v', 'k')).toBe('kkv')
    expect(compose(keyed, keyed).decode('kkv', 'k')).toBe('v')
  })

  it('blames the right side after inversion', async () => {
    const bytes = invert(text())
    expect(await rejection(() => bytes.encode(new Uint8Array([0xff]), 'k'))).toMatchObject({
      code: 'InvalidValue',
    })
    expect(await rejection(() => bytes.decode('\ud800', 'k'))).toMatchObject({ code: 'Corrupt' })
    const unzipped = invert(gzip())
    expect(await rejection(() => unzipped.encode(bytesOf('x'), 'k'))).toMatchObject({ code: 'InvalidValue' })
  })

  it('takes at least one codec', () => {
    expect(() => (compose as () => unknown)()).toThrow(TypeError)
  })

  it('edits in place where the outermost codec does, whatever stands below it', async () => {
    const words: EditingCodec<string[], string> = {
      decode: stored => stored.split(/ +/),
      encode: value => value.join(' '),
      edit: (stored, edits, _, key) =>
        edits.reduce((line, { path, value }) => line.replace(String(path[0]), `${value} (${key})`), stored),
    }
    const codec = compose(words, text(), gzip()) as EditingCodec<string[], Uint8Array>
    const stored = await compose(text(), gzip()).encode('one   two', 'k')
    const edited = await codec.edit?.(stored, [{ path: ['two'], value: 2 }], ['one', '2 (k)'], 'k')
    expect(await compose(text(), gzip()).decode(edited as Uint8Array, 'k')).toBe('one   2 (k)')
    for (const none of [compose(text(), gzip()), compose(json(), text())]) expect('edit' in none).toBe(false)
  })
})

describe('codecs say what they were given and what they take', () => {
  const plain: ValueCodec<unknown, unknown> = { decode: value => value, encode: value => value }
  const bytes = new Uint8Array(1)
  const decode =
    <O, I>(codec: ValueCodec<O, I>, value: unknown, key: unknown = 'k') =>
    () =>
      codec.decode(value as I, key)
  const encode =
    <O, I>(codec: ValueCodec<O, I>, value: unknown) =>
    () =>
      codec.encode(value as O, 'k')

  it.each<[() => unknown, string, string]>([
    [decode(base64(), 5), 'Corrupt', 'base64() decodes text, not a value of type number'],
    [decode(base64(), '*'), 'Corrupt', 'the stored text is not base64'],
    [decode(text(), 'a'), 'Corrupt', 'text() decodes bytes, not a value of type string'],
    [decode(text(), new Uint8Array([0xff])), 'Corrupt', 'the bytes are not UTF-8'],
    [encode(text(), 5), 'InvalidValue', 'a value is a string here, not a value of type number'],
    [
      encode(text(), '\ud800'),
      'InvalidValue',
      'the string holds half of a surrogate pair; see String.prototype.toWellFormed',
    ],
    [decode(lines(), bytes), 'Corrupt', 'lines() decodes text, not a value of type Uint8Array'],
    [encode(lines(), 'a'), 'InvalidValue', 'a value is an array of strings here, not a value of type string'],
    [encode(lines(), ['a', 1]), 'InvalidValue', 'line 1 is a value of type number, not a string'],
    [encode(lines(), ['a', 'b', 'c\n']), 'InvalidValue', 'line 2 holds a line feed'],
    [decode(field('v'), null), 'Corrupt', 'there is no field v in null'],
    [decode(field('v'), 'text'), 'Corrupt', 'there is no field v in a value of type string'],
    [decode(field('v'), { v: 1, w: 2 }), 'Corrupt', 'there are fields other than v'],
    [decode(tupleRecord(['a', 'b']), null), 'Corrupt', 'a record is expected, not null'],
    [decode(tupleRecord(['a', 'b']), 5), 'Corrupt', 'a record is expected, not a value of type number'],
    [decode(tupleRecord(['a', 'b']), { a: 1 }), 'Corrupt', 'there is no field b'],
    [decode(tupleRecord(['a', 'b']), { a: 1, b: 2, c: 3 }), 'Corrupt', 'there are fields other than a, b'],
    [
      encode(tupleRecord(['a', 'b']), 'ab'),
      'InvalidValue',
      'a value is a tuple here, not a value of type string',
    ],
    [encode(tupleRecord(['a', 'b']), [1]), 'InvalidValue', 'a value has 2 elements here, not 1'],
    [
      decode(json(), bytes),
      'Corrupt',
      'json() decodes text, not a value of type Uint8Array; put text() or textValues() under it',
    ],
    [decode(json(), '[1,'), 'Corrupt', 'the stored text is not JSON (it ends too early)'],
    [encode(json(), undefined), 'InvalidValue', 'JSON cannot hold undefined'],
    [encode(json(), () => 1), 'InvalidValue', 'JSON cannot hold a value of type function'],
    [
      encode(json(), { a: [0, { 'b c': Number.NaN }] }),
      'InvalidValue',
      'JSON cannot hold NaN at .a[1]["b c"]; convert it, give it a toJSON, or use a replacer',
    ],
    [
      encode(json(), { a: 5n }),
      'InvalidValue',
      'JSON cannot hold a value of type bigint at .a; convert it, give it a toJSON, or use a replacer',
    ],
    [
      encode(json(), Number.NaN),
      'InvalidValue',
      'JSON cannot hold NaN; convert it, give it a toJSON, or use a replacer',
    ],
    [
      encode(json(), { map: new Map() }),
      'InvalidValue',
      'JSON cannot hold a value of type Map at .map; convert it, give it a toJSON, or use a replacer',
    ],
    [
      encode(json(), [undefined]),
      'InvalidValue',
      'JSON cannot hold undefined at [0]; convert it, give it a toJSON, or use a replacer',
    ],
    [
      encode(json(), { [`$${'a'.repeat(39)}`]: { ['b'.repeat(41)]: Number.NaN } }),
      'InvalidValue',
      `JSON cannot hold NaN at .$${'a'.repeat(39)}["${'b'.repeat(41)}"]; convert it, give it a toJSON, or use a replacer`,
    ],
    [
      encode(json(), { ['a'.repeat(33)]: { ['b'.repeat(33)]: { ['c'.repeat(31)]: Number.NaN } } }),
      'InvalidValue',
      `JSON cannot hold NaN at .${'a'.repeat(33)}.${'b'.repeat(33)}.${'c'.repeat(31)}; convert it, give it a toJSON, or use a replacer`,
    ],
    [
      encode(json(), { ['a'.repeat(33)]: { ['b'.repeat(33)]: { ['c'.repeat(32)]: Number.NaN } } }),
      'InvalidValue',
      `JSON cannot hold NaN at .${'a'.repeat(33)}.${'b'.repeat(33)}.${'c'.repeat(31)}…; convert it, give it a toJSON, or use a replacer`,
    ],
  ])('in calls: %#', async (run, code, detail) => {
    expect(await rejection(run)).toMatchObject({ code, detail })
  })

  it.each<[() => unknown, string]>([
    [() => base64({ strict: 1 as never }), 'base64: strict is true or false, not 1'],
    [() => byExtension(5 as never), "byExtension takes { '.json': codec, … }, not 5"],
    [() => byExtension(null as never), "byExtension takes { '.json': codec, … }, not null"],
    [
      () => byExtension({ '.a': 5 as never }),
      'byExtension for .a takes a value codec: { decode, encode }, both of them, not 5',
    ],
    [() => byExtension({ a: text() }), 'byExtension: an extension begins with a dot, not a'],
    [() => byExtension({ 'a.b': text() }), 'byExtension: an extension begins with a dot, not a.b'],
    [() => byExtension({ '.': text() }), 'byExtension: an extension begins with a dot, not .'],
    [
      decode(byExtension({ '.a': text() }) as never, bytes, 5),
      'byExtension is for keys that are strings, not a value of type number',
    ],
    [
      () => byExtension({ '.a': text() }, { fallback: 5 as never }),
      'byExtension: fallback is a value codec, not 5',
    ],
    [() => (compose as () => unknown)(), 'compose takes at least one codec'],
    [
      () => compose(text(), 5 as never),
      'codec 2 of compose takes a value codec: { decode, encode }, both of them, not 5',
    ],
    [() => invert(5 as never), 'invert takes a value codec: { decode, encode }, both of them, not 5'],
    [() => field(5 as never), 'field takes the name of a field, not 5'],
    [() => tupleRecord(['a', 'a']), 'tupleRecord takes an array of different field names, not ["a","a"]'],
    [() => tupleRecord('ab' as never), 'tupleRecord takes an array of different field names, not "ab"'],
    [() => tupleRecord(['a', 1] as never), 'tupleRecord takes names that are strings, not 1'],
    [() => schema({} as never), 'schema takes a schema that follows Standard Schema'],
    [() => schema(undefined as never), 'schema takes a schema that follows Standard Schema'],
    [
      () => json({ space: {} as never }),
      'json: space is a number of spaces, or a text, not a value of type Object',
    ],
  ])('when they are made: %#', (run, message) => {
    expect(run).toThrow(new TypeError(message))
  })

  it('go by a name', () => {
    const named = (codec: { readonly name?: string | undefined }) => codec.name
    expect([base64(), base64({ url: true }), text(), json(), lines()].map(named)).toEqual([
      'base64()',
      'base64({ url: true })',
      'text()',
      'json()',
      'lines()',
    ])
    expect([gzip(), deflate(), brotli()].map(named)).toEqual(['gzip()', 'deflate()', 'brotli()'])
    expect(named(byExtension({ '.a': text(), '.b': text() }))).toBe('byExtension(.a, .b)')
    expect(named(compose(json(), text()))).toBe('json(), text()')
    expect(named(compose(plain, plain))).toBe('a value codec, a value codec')
    expect(named(invert(text()))).toBe('invert(text())')
    expect(named(invert(plain))).toBe('invert(a value codec)')
    expect(named(field('v'))).toBe('field("v")')
    expect(named(tupleRecord(['a', 'b']))).toBe('tupleRecord(["a","b"])')
  })
})

describe('what stands below codecs', () => {
  function thrownBy(run: () => unknown): unknown {
    try {
      return run()
    } catch (error) {
      return error
    }
  }

  it('base64 takes as many bytes as there are, in one piece or in many', () => {
    for (const length of [0, 1, 8191, 8192, 8193, 20_000]) {
      const value = Uint8Array.from({ length }, (_, index) => index * 7)
      expect(base64().encode(value, 'k')).toBe(Buffer.from(value).toString('base64'))
      expect(base64().decode(Buffer.from(value).toString('base64'), 'k')).toEqual(value)
    }
    const odd = new Uint8Array([0xfb, 0xff, 0xfe, 0xfb, 0xff, 0xfe, 0xfb])
    expect(base64({ url: true }).encode(odd, 'k')).toBe(Buffer.from(odd).toString('base64url'))
  })

  it('the longest extension counts, in whichever order they are given', () => {
    const marked = (mark: string): ValueCodec<string, string> => ({
      decode: value => value + mark,
      encode: value => value + mark,
    })
    const [short, long] = [marked(' short'), marked(' long')]
    for (const codecs of [
      { '.gz': short, '.tar.gz': long },
      { '.tar.gz': long, '.gz': short },
    ]) {
      expect(byExtension(codecs).decode('v', 'a.tar.gz')).toBe('v long')
      expect(byExtension(codecs).encode('v', 'b.gz')).toBe('v short')
      expect(byExtension(codecs).decode('v', 'gz')).toBe('v')
    }
  })

  it('inversion keeps the cause of a failure, and passes on what is none of a codec', async () => {
    const cause = new Error('why')
    const failing = (thrown: unknown): ValueCodec<string, string> => ({
      decode: () => {
        throw thrown
      },
      encode: async () => {
        throw thrown
      },
    })
    const corrupt = new StoreError('Corrupt', 'no', { cause })
    const inverted = refusal(() => invert(failing(corrupt)).encode('v', 'k'))
    expect(inverted).toMatchObject({ code: 'InvalidValue', detail: 'no', cause })
    const bare = refusal(() => invert(failing(new StoreError('Corrupt', 'no'))).encode('v', 'k'))
    expect('cause' in (bare as object)).toBe(false)
    const invalid = new StoreError('InvalidValue', 'no', { cause })
    expect(await rejection(() => invert(failing(invalid)).decode('v', 'k'))).toMatchObject({
      code: 'Corrupt',
      cause,
    })
    expect(await rejection(() => invert(failing(corrupt)).decode('v', 'k'))).toBe(corrupt)
    expect(thrownBy(() => invert(failing(cause)).encode('v', 'k'))).toBe(cause)
  })

  it('JSON passes on what a reviver, a replacer or a toJSON throws', () => {
    const thrown = new RangeError('mine')
    const fail = () => {
      throw thrown
    }
    expect(thrownBy(() => json({ reviver: fail }).decode('1', 'k'))).toBe(thrown)
    expect(thrownBy(() => json({ replacer: fail }).encode(1, 'k'))).toBe(thrown)
    expect(thrownBy(() => json().encode({ toJSON: fail }, 'k'))).toBe(thrown)
    const odd = new TypeError('mine')
    const failOddly = () => {
      throw odd
    }
    expect(thrownBy(() => json({ replacer: failOddly }).encode(1, 'k'))).toBe(odd)
  })

  it('a property called toJSON that is no function is a property', () => {
    expect(json().encode({ toJSON: 1 }, 'k')).toBe('{"toJSON":1}')
    expect(refusal(() => json().encode({ toJSON: 1, a: Number.NaN }, 'k'))).toMatchObject({
      code: 'InvalidValue',
    })
  })
})

describe('a schema', () => {
  const issue = (...path: PropertyKey[]) => ({ message: 'secret', path })
  const refusing = (...issues: { message: string; path?: PropertyKey[] }[]) =>
    schema({ '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) } } as StandardSchema)

  it('names up to five places, each once, and says how many more there are', () => {
    const said = (...issues: Parameters<typeof refusing>) =>
      (refusal(() => refusing(...issues).decode(1, 'k')) as StoreError).detail
    const start = 'the stored value does not fit the schema'
    expect(said()).toBe(start)
    expect(said({ message: 'no' })).toBe(start)
    expect(said(issue('a', 0), issue('a', 0), issue('b c'))).toBe(`${start} at a.0, "b c"`)
    const five = ['a', 'b', 'c', 'd', 'e'].map(name => issue(name))
    expect(said(...five)).toBe(`${start} at a, b, c, d, e`)
    expect(said(...five, issue('f'), issue('g'))).toBe(`${start} at a, b, c, d, e and 2 more places`)
    expect(said(issue('a'.repeat(40)), issue('b'.repeat(41)))).toBe(
      `${start} at ${'a'.repeat(40)}, "${'b'.repeat(41)}"`,
    )
    expect(refusal(() => refusing(issue('a')).encode(1 as never, 'k'))).toMatchObject({
      code: 'InvalidValue',
      detail: 'the value does not fit the schema at a',
    })
    expect(refusing().name).toBe('schema(test)')
  })

  it('that changes the value each time can only be read', () => {
    const growing = schema({
      '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value: [value] }) },
    } as StandardSchema)
    expect(growing.decode(1, 'k')).toEqual([1])
    expect(refusal(() => growing.encode(1 as never, 'k'))).toMatchObject({
      code: 'InvalidValue',
      detail: 'the schema changes the value each time, so it can only be read: see decodeValues',
    })
  })

  it('that would not accept what JSON gives back refuses to write it, and a reviver helps', async () => {
    const dated = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) =>
          (value as { at?: unknown }).at instanceof Date ? { value } : { issues: [issue('at')] },
      },
    } as StandardSchema
    const value = { at: new Date(0) }
    expect(await rejection(() => compose(schema(dated), json()).encode(value as never, 'k'))).toMatchObject({
      code: 'InvalidValue',
      detail: expect.stringContaining('schema(test) does not accept what JSON gives back at at, such as'),
    })
    // A part that JSON changes makes the difference, wherever it stands; the others are not read back.
    const deep = { n: null, list: [1, { when: new Date(0) }], at: new Date(0) }
    expect(await rejection(() => compose(schema(dated), json()).encode(deep as never, 'k'))).toMatchObject({
      code: 'InvalidValue',
    })
    const reviver = (name: string, part: unknown) => (name === 'at' ? new Date(String(part)) : part)
    expect(await compose(schema(dated), json({ reviver })).encode(value as never, 'k')).toBe(
      '{"at":"1970-01-01T00:00:00.000Z"}',
    )
  })
})

describe('a schema over another codec', () => {
  /** A schema that accepts what has an `at`, and counts what it is asked. */
  function counting() {
    const asked: unknown[] = []
    const validate = (value: unknown) => {
      asked.push(value)
      return Object.hasOwn(Object(value), 'at') ? { value } : { issues: [{ message: 'no' }] }
    }
    const codec = schema({ '~standard': { version: 1, vendor: 'test', validate } } as StandardSchema)
    return { codec: codec as ValueCodec<unknown, unknown>, asked }
  }

  it.each([[{ at: 1 }], [{ at: null, list: [null, 'a', [true]] }], [{ at: { toJSON: 1 } }]])(
    'asks once where JSON changes nothing: %j',
    async value => {
      const { codec, asked } = counting()
      await compose(codec, json()).encode(value, 'k')
      expect(asked).toEqual([value])
    },
  )

  it('asks about what reads back where JSON changes something, and accepts it where it fits', async () => {
    for (const value of [{ at: new Date(0) }, { n: 1, at: [1, new Date(0)] }, { at: { toJSON: () => 2 } }]) {
      const { codec, asked } = counting()
      const stored = await compose(codec, json()).encode(value, 'k')
      expect(asked).toEqual([value, JSON.parse(stored)])
    }
  })

  it('does not ask about what reads back where the JSON has a reviver or a replacer', async () => {
    const value = { at: new Date(0) }
    for (const over of [json({ reviver: (_, part) => part }), json({ replacer: (_, part) => part })]) {
      const { codec, asked } = counting()
      await compose(codec, over).encode(value, 'k')
      expect(asked).toEqual([value])
    }
  })

  it('stands in the way of no other codec over JSON', () => {
    expect(compose(field('at'), json<{ at: unknown }>()).encode(new Date(0), 'k')).toBe(
      '{"at":"1970-01-01T00:00:00.000Z"}',
    )
  })

  it('writes over a codec that changes nothing', async () => {
    const { codec, asked } = counting()
    const as: ValueCodec<unknown, string> = { decode: String, encode: String }
    expect(await compose(codec, as).encode({ at: 1 }, 'k')).toBe('[object Object]')
    expect(asked).toHaveLength(1)
  })

  it('is asked once more where it changes what is written, and has to accept that', () => {
    let asked = 0
    const validate = (value: unknown) => {
      asked++
      return { value: Math.round(value as number) }
    }
    const rounding = schema({ '~standard': { version: 1, vendor: 'test', validate } } as StandardSchema)
    const codec = rounding as ValueCodec<unknown, unknown>
    expect(codec.encode(1, 'k')).toBe(1)
    expect(asked).toBe(1)
    expect(codec.encode(1.4, 'k')).toBe(1)
    expect(asked).toBe(3)
  })
})

describe('streams of value codecs', () => {
  it('go the other way round when the codec is inverted, and are left out where there is none', async () => {
    expect('stream' in invert(text())).toBe(false)
    const { stream } = invert(gzip())
    const stored: Uint8Array[] = []
    for await (const chunk of stream?.decode(chunks(bytesOf('hello'))) ?? []) stored.push(chunk)
    expect(await gzip().decode(Buffer.concat(stored), 'k')).toEqual(bytesOf('hello'))
    const back: Uint8Array[] = []
    for await (const chunk of stream?.encode(chunks(...stored)) ?? []) back.push(chunk)
    expect(new Uint8Array(Buffer.concat(back))).toEqual(bytesOf('hello'))
  })

  async function* chunks(...parts: Uint8Array[]) {
    yield* parts
  }
})

describe('JSON text', () => {
  it('says where it stops being JSON as far as the engine tells', () => {
    const said = (stored: string) => (refusal(() => json().decode(stored, 'k')) as StoreError).detail
    expect(said('[1, 2, 3, 4, 5 6]')).toBe('the stored text is not JSON (at position 15)')
    expect(said('x')).toBe('the stored text is not JSON')
  })

  it('is indented by a number or a text', () => {
    expect(json({ space: '--' }).encode([1], 'k')).toBe('[\n--1\n]')
    expect(json({ space: 1 }).encode([1], 'k')).toBe('[\n 1\n]')
  })

  it('cannot hold a cycle, as the engine says in one line', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(refusal(() => json().encode(cycle, 'k'))).toMatchObject({
      code: 'InvalidValue',
      detail: 'Converting circular structure to JSON',
    })
  })
})

it('a byte order mark within base64 is no base64', () => {
  expect(refusal(() => base64().decode('aGVs\ufeffbG8=', 'k'))).toMatchObject({ code: 'Corrupt' })
  expect(base64().decode('\ufeffaGVsbG8=', 'k')).toEqual(bytesOf('hello'))
})
