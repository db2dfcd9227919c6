import { bytes as bytesOf, rejection } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  base64,
  byExtension,
  compose,
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
  schema,
  suffix,
  text,
  textValues,
  tupleRecord,
  type ValueCodec,
} from '../src/index.ts'
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
})
