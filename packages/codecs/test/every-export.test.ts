import { mapValues } from '@kvdol/core'
import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import * as csv from '../src/csv/index.ts'
import * as ini from '../src/ini/index.ts'
import * as msgpack from '../src/msgpack/index.ts'
import * as structured from '../src/structured/index.ts'
import * as toml from '../src/toml/index.ts'
import * as yaml from '../src/yaml/index.ts'

const dialect = { delimiter: ['', '||', '"', '\n', 5, null], newline: ['\r', 'lf', null] }

const modules: [string, object, Record<string, Exported<undefined>>][] = [
  [
    'csv',
    csv,
    {
      csv: { options: options => csv.csv(options as never), bad: dialect },
      csvRecords: {
        options: options => csv.csvRecords(options as never),
        bad: { ...dialect, fields: ['a', [], ['a', 'a'], [5], null], cast: [5, null, 'x'] },
        refuses: [
          [() => (csv.csvRecords as () => unknown)(), 'fields'],
          [() => csv.csvRecords({ fields: ['a'], cast: { b: Number } as never }), '"b"'],
          [() => csv.csvRecords({ fields: ['a'], cast: { a: 'Number' } as never }), '"Number"'],
        ],
      },
    },
  ],
  [
    'msgpack',
    msgpack,
    {
      msgpack: {
        options: options => msgpack.msgpack(options as never),
        bad: { bigint: ['true', 0, null] },
      },
    },
  ],
  ['structured', structured, { structured: { because: 'it takes nothing' } }],
  ['ini', ini, { ini: { because: 'it takes nothing' } }],
  ['toml', toml, { toml: { because: 'it takes nothing' } }],
  ['yaml', yaml, { yaml: { because: 'it takes nothing' } }],
]

describe.each(modules)('%s: every export refuses what makes no sense', (_, module, table) => {
  for (const { name, run } of everyExport({ module, table, open: () => undefined })) it(name, run)

  it('codecs that were not called are recognised', () => {
    for (const codec of Object.values(module))
      expect(() => mapValues(codec as never)).toThrow(`${codec.name}()`)
  })
})
