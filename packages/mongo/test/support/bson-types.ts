import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb'

/** What becomes of a value that is read and written back. */
export type AsValue =
  /** The same bytes. */
  | 'kept'
  /** A value that reads the same, of another type. */
  | 'equal'
  /** `InvalidValue`, and the document stays as it is. */
  | 'refused'

/** What becomes of a document with the value in a field of the key. */
export type AsKey =
  /** It is listed, and can be read, replaced and removed under just that key. */
  | 'key'
  /** It is no entry, and no call touches it. */
  | 'left out'

/** A type of BSON and how `documents` treats it, in words for the README, and its edges. */
export interface BsonType {
  readonly type: string
  readonly reads: string
  readonly writes: string
  readonly value: AsValue
  readonly key: AsKey
  readonly edges: readonly (readonly [name: string, value: unknown])[]
}

/** A date as MongoDB knows it, and JavaScript does not. */
const dateAt = (time: number) => Object.assign(new Date(0), { getTime: () => time })

const id = new ObjectId('0123456789abcdef01234567')

const bytes = (subtype: number, ...content: number[]) =>
  [`subtype ${subtype}`, new Binary(new Uint8Array(content), subtype)] as const

const nested = (name: string) => JSON.parse(`{${JSON.stringify(name)}: 1}`) as unknown

export const BSON_TYPES: readonly BsonType[] = [
  {
    type: 'double',
    reads: '`number`',
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [
      ['a fraction', 1.5],
      ['-0', -0],
      ['NaN', Number.NaN],
      ['Infinity', Number.POSITIVE_INFINITY],
      ['-Infinity', Number.NEGATIVE_INFINITY],
      ['the smallest', Number.MIN_VALUE],
      ['the largest', Number.MAX_VALUE],
      ['2^31', new Double(2 ** 31)],
      ['2^53', new Double(2 ** 53)],
      ['2^63', new Double(2 ** 63)],
      ['just below 2^63', new Double(2 ** 63 - 1024)],
    ],
  },
  {
    type: 'double, whole and within 32 bits',
    reads: '`number`',
    writes: 'the same number as int',
    value: 'equal',
    key: 'key',
    edges: [
      ['5', new Double(5)],
      ['0', new Double(0)],
      ['-2^31', new Double(-(2 ** 31))],
    ],
  },
  {
    type: 'int',
    reads: '`number`',
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [
      ['0', new Int32(0)],
      ['-2^31', new Int32(-(2 ** 31))],
      ['2^31 - 1', new Int32(2 ** 31 - 1)],
    ],
  },
  {
    type: 'long, up to 2^53',
    reads: "`number`; `bigint` with `int64: 'bigint'`",
    writes: "the same number as int or double; unchanged with `int64: 'bigint'`",
    value: 'equal',
    key: 'key',
    edges: [
      ['5', Long.fromNumber(5)],
      ['2^31', Long.fromNumber(2 ** 31)],
      ['2^53', Long.fromNumber(2 ** 53)],
      ['-2^53', Long.fromNumber(-(2 ** 53))],
    ],
  },
  {
    type: 'long, beyond',
    reads: "`Long`; `bigint` with `int64: 'bigint'`",
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [
      ['2^53 + 1', Long.fromString('9007199254740993')],
      ['the largest', Long.MAX_VALUE],
      ['the smallest', Long.MIN_VALUE],
    ],
  },
  {
    type: 'decimal',
    reads: '`Decimal128`',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [
      ['0.10', Decimal128.fromString('0.10')],
      ['5', Decimal128.fromString('5')],
      ['-0', Decimal128.fromString('-0')],
      ['NaN', Decimal128.fromString('NaN')],
      ['the largest', Decimal128.fromString('9.999999999999999999999999999999999E+6144')],
    ],
  },
  {
    type: 'string',
    reads: '`string`',
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [
      ['empty', ''],
      ['NUL', 'a\0b'],
      ['an operator', '$ne'],
      ['beyond U+FFFF', '😀'],
    ],
  },
  {
    type: 'bool',
    reads: '`boolean`',
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [
      ['true', true],
      ['false', false],
    ],
  },
  {
    type: 'date',
    reads: '`Date`',
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [
      ['1970', new Date(0)],
      ['the last', new Date(8.64e15)],
      ['the first', new Date(-8.64e15)],
    ],
  },
  {
    type: 'date that JavaScript cannot hold',
    reads: 'an invalid `Date`',
    writes: 'refused',
    value: 'refused',
    key: 'left out',
    edges: [
      ['after', dateAt(8.64e15 + 1)],
      ['before', dateAt(-8.64e15 - 1)],
      ['far after', dateAt(9.2e18)],
    ],
  },
  {
    type: 'objectId',
    reads: '`ObjectId`',
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [['one', id]],
  },
  {
    type: 'binData, subtype 0',
    reads: '`Uint8Array`',
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [
      ['bytes', new Uint8Array([0, 255, 7])],
      ['no byte', new Uint8Array()],
    ],
  },
  {
    type: 'binData, others',
    reads: '`Binary`; `UUID` for subtype 4 with 16 bytes',
    writes: 'unchanged',
    value: 'kept',
    key: 'key',
    edges: [
      bytes(1, 1, 2),
      bytes(2, 1, 2),
      bytes(3, ...new Uint8Array(16)),
      bytes(4, 1, 2),
      bytes(5, ...new Uint8Array(16)),
      bytes(6, 1),
      bytes(7, 1),
      bytes(8, 1),
      bytes(9, 0x27, 0, 1, 2, 3, 4),
      bytes(128, 1),
      bytes(255),
      ['UUID', new UUID('00112233-4455-6677-8899-aabbccddeeff')],
    ],
  },
  {
    type: 'object',
    reads: 'a plain object',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [
      ['empty', {}],
      ['nested', { a: { b: [{}] } }],
      ...['__proto__', 'constructor', 'toString', 'toBSON', 'then', 'length', ' ', 'a$', '0'].map(
        name => [`a field ${name}`, nested(name)] as const,
      ),
    ],
  },
  {
    type: 'object with a name that is empty, begins with `$` or holds a dot',
    reads: 'a plain object',
    writes: 'refused',
    value: 'refused',
    key: 'left out',
    edges: ['', '$a', '$ne', 'a.b', '.'].map(name => [JSON.stringify(name), nested(name)] as const),
  },
  {
    type: 'array',
    reads: 'an array',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [
      ['empty', []],
      ['nested', [1, ['a', [null]], { a: [] }]],
    ],
  },
  {
    type: 'null',
    reads: '`null`',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [['null', null]],
  },
  {
    type: 'regex',
    reads: '`BSONRegExp`',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [
      ['options', new BSONRegExp('^a', 'imx')],
      ['empty', new BSONRegExp('')],
    ],
  },
  {
    type: 'timestamp',
    reads: '`Timestamp`',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [
      ['one', new Timestamp({ t: 1, i: 2 })],
      ['the largest', new Timestamp(2n ** 64n - 1n)],
    ],
  },
  {
    type: 'timestamp of zero',
    reads: '`Timestamp`',
    writes: 'refused: the server would write the time. Kept in fields of fields',
    value: 'refused',
    key: 'left out',
    edges: [['zero', new Timestamp(0n)]],
  },
  {
    type: 'minKey, maxKey',
    reads: '`MinKey`, `MaxKey`',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [
      ['the first', new MinKey()],
      ['the last', new MaxKey()],
    ],
  },
  {
    type: 'javascript',
    reads: '`Code`',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [
      ['alone', new Code('f()')],
      ['with a scope', new Code('f()', { a: new Binary(new Uint8Array([1]), 5), b: [1.5] })],
    ],
  },
  {
    type: 'DBRef: an object with `$ref` and `$id`',
    reads: '`DBRef`',
    writes: 'unchanged',
    value: 'kept',
    key: 'left out',
    edges: [
      ['an id', new DBRef('c', id)],
      ['a database and a field', new DBRef('c', id, 'db', { x: 1 })],
    ],
  },
  {
    type: 'symbol',
    reads: '`string`',
    writes: 'the same text as string',
    value: 'equal',
    key: 'left out',
    edges: [['one', new BSONSymbol('text')]],
  },
]

/** The table of the README. */
export const BSON_TABLE = [
  '| type of BSON | read as | written back | key |',
  '|---|---|---|---|',
  ...BSON_TYPES.map(
    ({ type, reads, writes, key }) =>
      `| ${type} | ${reads} | ${writes} | ${key === 'key' ? 'yes' : 'no: left out'} |`,
  ),
  '| undefined | `undefined`; no value where it is the whole value | refused | no: left out |',
].join('\n')
