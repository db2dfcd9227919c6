import type { TypeCase, TypesOf } from './case.ts'

const integer = 'a number; a bigint beyond 2^53'
const sized = (type: string, least: string, most: string): TypeCase[] => [
  { type, gives: integer, samples: [`-${most}`, '0', most], aliases: [0n], changed: ['1', 1.5] },
  { type: `${type} UNSIGNED`, gives: integer, samples: ['0', least, `${BigInt(most) * 2n + 1n}`] },
]
const utf8 = 'CHARACTER SET utf8mb4'
const geometry = 'is read in another form'

/** The types of MySQL and MariaDB. */
export const mysqlTypes: TypesOf = {
  title: 'MySQL and MariaDB',
  raw: quoted => `HEX(CAST(${quoted} AS CHAR))`,
  cases: [
    {
      type: 'TINYINT(1)',
      gives: '`true`, `false`; other numbers as they are',
      samples: ['0', '1', '2', '-128', '127'],
      aliases: [1, 0],
      changed: ['1', 1, 1.5],
    },
    ...sized('TINYINT', '1', '127'),
    ...sized('SMALLINT', '1', '32767'),
    ...sized('MEDIUMINT', '1', '8388607'),
    ...sized('INT', '1', '2147483647'),
    ...sized('BIGINT', '9007199254740993', '9223372036854775807'),
    { type: 'INT AUTO_INCREMENT', gives: integer, samples: ['1', '0', '-7'], suffix: 'UNIQUE' },
    { type: 'BIT(1)', gives: integer, samples: ["b'0'", "b'1'"] },
    { type: 'BIT(53)', gives: integer, samples: ['0', '9007199254740991'] },
    {
      type: 'BIT(64)',
      noKey: 'is compared as a number',
      gives: 'a `Uint8Array`',
      samples: ['0', '18446744073709551615', '9007199254740993'],
    },
    {
      type: 'DECIMAL(10, 2)',
      gives: 'a string of digits; as a key without zeros at the end',
      samples: ['1.50', '-0.01', '99999999.99', '0'],
      aliases: ['1.50', '01.5'],
      changed: ['1.005', 1.5, '1e3'],
    },
    {
      type: 'DECIMAL(65, 30)',
      gives: 'a string of digits; as a key without zeros at the end',
      samples: ['0.000000000000000000000000000001', '12345678901234567890'],
    },
    {
      type: 'FLOAT',
      gives: 'a number',
      samples: ['0.1', '1.5', '3.40282e38', '16777216', '0'],
      same: [0.1],
      changed: [0.123456789, 16_777_217, Number.NaN, Number.POSITIVE_INFINITY],
    },
    {
      type: 'DOUBLE',
      gives: 'a number',
      samples: ['0.1', '1.7976931348623157e308', '0', '-1e-300'],
      same: [0.1],
      changed: [Number.NaN, Number.NEGATIVE_INFINITY],
    },
    {
      type: `CHAR(3) ${utf8}`,
      gives: 'a string without spaces at the end',
      samples: ["'ab'", "'abc'", "''"],
      aliases: ['ab ', 'AB'],
      changed: ['ab ', 'abcd'],
    },
    {
      type: `VARCHAR(3) ${utf8}`,
      gives: 'a string',
      samples: ["'ab '", "'abc'", "''", "'ä😀'"],
      aliases: ['ab', 'ABC'],
      changed: ['abcd', 'abc '],
    },
    {
      type: `VARCHAR(9) ${utf8} COLLATE utf8mb4_bin`,
      gives: 'a string',
      samples: ["'a'", "'A'"],
      aliases: ['a '],
    },
    ...['TINYTEXT', 'TEXT', 'MEDIUMTEXT', 'LONGTEXT'].map(
      (type): TypeCase => ({
        type: `${type} ${utf8}`,
        gives: 'a string',
        samples: ["'a'", "'b '", "''"],
        changed: [1, '\ud800'],
        noIndex: true,
      }),
    ),
    {
      type: 'BINARY(3)',
      gives: 'a `Uint8Array`',
      samples: ["x'616263'", "x'000000'"],
      changed: ['a', Uint8Array.of(1)],
    },
    { type: 'VARBINARY(9)', gives: 'a `Uint8Array`', samples: ["x''", "x'00'", "x'ff20'"] },
    ...['TINYBLOB', 'BLOB', 'MEDIUMBLOB', 'LONGBLOB'].map(
      (type): TypeCase => ({
        type,
        gives: 'a `Uint8Array`',
        samples: ["x''", "x'00'", "x'ff20'"],
        noIndex: true,
      }),
    ),
    {
      type: `ENUM('a', 'b', '2', 'it''s') ${utf8}`,
      gives: 'the member',
      samples: ["'a'", "'2'", "'it''s'"],
      aliases: ['A', '1'],
      changed: ['A', '1', '3', 'a '],
    },
    {
      type: `SET('a', 'b', 'c') ${utf8}`,
      gives: 'the members, with commas',
      samples: ["''", "'a'", "'a,c'"],
      aliases: ['c,a', 'A', 'a,a'],
      changed: ['c,a', 'a,a', '1', 'A'],
    },
    {
      type: 'DATE',
      gives: 'the text of the database',
      samples: ["'2026-01-31'", "'0000-00-00'", "'1000-01-01'", "'9999-12-31'"],
      aliases: ['2026-1-31', '20260131'],
      changed: ['2026-1-31', '2026-01-31 10:00:00'],
    },
    {
      type: 'TIME',
      gives: 'the text of the database',
      samples: ["'00:00:00'", "'-838:59:59'", "'838:59:59'"],
      aliases: ['0:0:0', '0'],
      changed: ['12:00', '12:00:00.5'],
    },
    { type: 'TIME(6)', gives: 'the text of the database', samples: ["'12:34:56.123456'", "'00:00:00'"] },
    {
      type: 'YEAR',
      gives: integer,
      samples: ['1901', '2155', '0'],
      changed: [5, 70, 1900],
    },
    {
      type: 'DATETIME',
      gives: 'a `Date` of UTC; a day that is none, a string',
      samples: ["'2026-01-31 12:00:00'", "'0000-00-00 00:00:00'", "'9999-12-31 23:59:59'"],
      changed: [new Date(1), 'x'],
    },
    {
      type: 'DATETIME(3)',
      gives: 'a `Date` of UTC',
      samples: ["'2026-01-31 12:00:00.123'", "'1000-01-01 00:00:00'"],
    },
    {
      type: 'TIMESTAMP(3) NULL',
      gives: 'a `Date`',
      samples: ["'2026-01-31 12:00:00.123'", "'1970-01-01 00:00:01'"],
    },
    ...['DATETIME(6)', 'TIMESTAMP(6) NULL'].map(
      (type): TypeCase => ({
        type,
        gives: 'a `Date`, to the millisecond; what is written back as it was read keeps the rest',
        samples: ["'2026-01-31 12:00:00.123456'", "'2026-01-31 12:00:00.999999'"],
        coarse: true,
        noKey: 'fractions of a second',
      }),
    ),
    {
      type: 'DATETIME(6)',
      kind: 'text',
      gives: "with `types: 'text'` the text of the database",
      samples: ["'2026-01-31 12:00:00.123456'", "'2026-01-31 12:00:00.123457'"],
      aliases: ['2026-01-31T12:00:00.123456'],
    },
    {
      type: 'JSON',
      kind: 'json',
      gives: "what JSON holds; in MariaDB with `types: 'json'`",
      samples: [`'{"a":[1,null]}'`, "'0'", `'"x"'`, "'null'"],
      same: [{ a: [1.5] }, 'x', 0],
      changed: [{ a: 1n }],
      coarse: true,
      noKey: 'holds JSON',
    },
    {
      type: 'JSON',
      gives: 'a string in MariaDB',
      samples: [`'{"a": 12345678901234567890}'`, "'null'"],
      noIndex: true,
    },
    {
      type: 'UUID',
      gives: 'the text of the database',
      samples: ["'0b0e1a3c-6f0e-4f7e-9f4c-0a4a5d6e7f80'"],
      aliases: ['0B0E1A3C-6F0E-4F7E-9F4C-0A4A5D6E7F80'],
    },
    {
      type: 'INET6',
      gives: 'the text of the database',
      samples: ["'::1'", "'fe80::1'"],
      aliases: ['0::1', 'FE80::1'],
    },
    { type: 'INET4', gives: 'the text of the database', samples: ["'127.0.0.1'", "'0.0.0.0'"] },
    { type: 'POINT', gives: 'nothing', samples: ['POINT(1, 2)'], noValue: geometry, noKey: geometry },
    { type: 'GEOMETRY', gives: 'nothing', samples: ['POINT(1, 2)'], noValue: geometry, noKey: geometry },
  ],
}
