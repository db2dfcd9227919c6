import type { TypesOf } from './case.ts'

const integers = ['0', '-1', '9223372036854775807', '-9223372036854775808', '9007199254740993']
const gives = 'a number; a bigint beyond 2^53'
const others = "as it is stored; what the type would convert (`'12'`) is refused"

/** The types of SQLite, which say what a column converts; a row that holds something else tells so when it is read. */
export const sqliteTypes: TypesOf = {
  title: 'SQLite',
  raw: quoted => `typeof(${quoted}) || quote(${quoted})`,
  cases: [
    {
      type: 'INTEGER',
      gives,
      samples: integers,
      aliases: [1n, 0n, '0', -1n],
      changed: ['1', 1.5, 2n ** 63n],
    },
    { type: 'BIGINT', gives, samples: integers, changed: ['1', 1.5] },
    { type: 'TINYINT UNSIGNED', gives, samples: integers },
    {
      type: 'REAL',
      gives: 'a number',
      samples: ['0.5', '0.1', '-1e308', '5e-324', '9e999', '-9e999', '3.0', '9007199254740992.0'],
      changed: ['1', Number.NaN],
    },
    { type: 'DOUBLE PRECISION', gives: 'a number', samples: ['0.1', '1e300'] },
    {
      type: 'TEXT',
      gives: 'a string',
      samples: ["''", "' '", "'a'", "'A'", "'ä'", "'a '", "'12'", "'012'", 'char(0x1f600)'],
      changed: [1, true, '\ud800'],
    },
    { type: 'TEXT COLLATE NOCASE', gives: 'a string', samples: ["'Ann'", "'bob'"], aliases: ['ANN', 'Bob'] },
    { type: 'TEXT COLLATE RTRIM', gives: 'a string', samples: ["'Ann '", "'bob'"], aliases: ['Ann', 'bob '] },
    { type: 'VARCHAR(3)', gives: 'a string; SQLite has no lengths', samples: ["'abcdef'", "''"] },
    { type: 'CLOB', gives: 'a string', samples: ["'x'"] },
    { type: 'BLOB', gives: 'a Uint8Array', samples: ["x''", "x'00'", "x'ff00'"], changed: ['a', 1] },
    {
      type: '',
      gives: 'as it is stored',
      samples: ["'12'", '12', '1.5', "x'3132'", "'a'", '9007199254740993', "'1.50'", '1152921504606846976.0'],
      aliases: [12n],
      changed: ['\ud800'],
    },
    {
      type: 'NUMERIC',
      gives: others,
      samples: ["'abc'", '12', '1.5', "x'3132'", '9007199254740993'],
      aliases: ['12', '1.5', ' 12', '12.0'],
      changed: ['12', '1e3', '.5', 2 ** 60],
    },
    { type: 'DECIMAL(10, 2)', gives: others, samples: ['1.25', '7'], changed: ['1.25'] },
    { type: 'DATE', gives: others, samples: ["'2026-01-31'", '2460000.5'], changed: ['2026'] },
    {
      type: 'DATETIME',
      gives: others,
      samples: ["'2026-01-31 00:00:00'", "'2026-01-31 00:00:00.123456'", '1769817600'],
    },
    { type: 'UUID', gives: others, samples: ["'0b0e1a3c-6f0e-4f7e-9f4c-0a4a5d6e7f80'"], changed: ['12e3'] },
    {
      type: 'BOOLEAN',
      gives: '`true`, `false`; other whole numbers as they are',
      samples: ['0', '1', '2', '-7'],
      aliases: [1, 0],
      same: [true, false],
      changed: ['true', 1],
    },
    {
      type: 'DECIMAL TEXT',
      gives: 'a string of digits',
      samples: ["'1.50'", "'1.5'", "'0'", "'12345678901234567890.0123456789'"],
      same: ['1.50', '-0.5'],
      changed: ['1e3', 'x', 1.5],
    },
    {
      type: 'DATETIME TEXT',
      gives: 'a `Date`; a string where it is finer',
      samples: ["'2026-01-31T12:00:00.123Z'", "'0001-01-01T00:00:00.000Z'", "'9999-12-31T23:59:59.999Z'"],
      changed: ['2026', new Date(Number.NaN), new Date(-1e15)],
    },
    {
      type: 'JSON TEXT',
      gives: 'what JSON holds',
      samples: [`'{"a":[1,null,"x"]}'`, "'0'", `'"x"'`],
      same: [{ a: [1, { b: null }] }, 'x', 0, []],
      changed: [Number.NaN, { a: 1n }],
      noKey: 'holds JSON',
    },
    {
      type: 'TEXT',
      kind: 'date',
      gives: "with `types: 'date'` a `Date`; a string where it is finer",
      samples: [
        "'2026-01-31 12:00:00'",
        "'2026-01-31T12:00:00Z'",
        "'2026-01-31T12:00:00.5+02:00'",
        "'2026-01-31 12:00:00.123456'",
      ],
      coarse: true,
      noKey: 'by which a Date is not found',
    },
    {
      type: 'TEXT',
      kind: 'json',
      gives: "with `types: 'json'` what JSON holds",
      samples: [`'{"a":1}'`, "'null'"],
      coarse: true,
      noKey: 'holds JSON',
    },
  ],
}
