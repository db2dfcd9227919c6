import { everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as module from '../src/index.ts'
import { counted } from './support/counted.ts'

interface Subject {
  readonly db: module.Executor
  /** Every statement that was run. */
  readonly asked: string[]
}

function open(): Subject {
  const asked: string[] = []
  return { db: counted(module.sqlite(':memory:'), text => asked.push(text)), asked }
}

function untouched({ asked }: Subject): void {
  if (asked.length > 0) throw new Error(asked.join('; '))
}

const noDatabase = [null, 'app.db', {}, { dialect: 'oracle', query() {}, transaction() {} }]
const wrongDatabases = (call: (db: never) => unknown) =>
  noDatabase.map(db => [() => call(db as never), 'database'] as const)
const server = {
  timeout: [0, -1, '5', 1.5, 2 ** 31, Number.NaN],
  connections: [0, 1.5, '3', 20_000],
}
const unknownServers = ['', 'localhost', 'http://user:password@host/', null, 7, {}, []]

describe('every export refuses what it does not take', () => {
  for (const { name, run } of everyExport<Subject>({
    module,
    open,
    untouched,
    table: {
      blobs: {
        options: (options, { db }) => module.blobs(db, options as never),
        bad: {
          table: ['', 7, null],
          schema: ['', 7],
          create: [1, 'yes'],
          pageSize: [0, 1.5, '9', 20_000],
          onForeign: [true],
        },
        refuses: [
          ...wrongDatabases(db => module.blobs(db)),
          [({ db }) => module.blobs(db, { table: 'a\0' }), 'name of the table'],
          [({ db }) => module.blobs(db, { schema: '\ud800' }), 'schema'],
        ],
      },
      columns: {
        options: (options, { db }) => module.columns(db, 't', options as never),
        bad: { schema: ['', 7] },
        refuses: [
          ...wrongDatabases(db => module.columns(db, 't')),
          [({ db }) => module.columns(db, ''), 'name of the table'],
        ],
      },
      mysql: {
        options: options => module.mysql('mysql://127.0.0.1/x', options as never),
        bad: { ...server, prepare: [true] },
        refuses: unknownServers.map(place => [() => module.mysql(place as never), /address|server/] as const),
      },
      postgres: {
        options: options => module.postgres('postgres://127.0.0.1/x', options as never),
        bad: { ...server, prepare: [1, 'no'] },
        refuses: unknownServers.map(
          place => [() => module.postgres(place as never), /address|server/] as const,
        ),
      },
      rowType: { because: 'it takes nothing' },
      rows: {
        options: (options, { db }) =>
          module.rows(
            db,
            't',
            typeof options === 'object' && options !== null && Object.keys(options).length > 0
              ? ({ key: 'id', ...options } as never)
              : (options as never),
          ),
        bad: {
          key: [7, '', [], ['a', 'a'], { record: [] }],
          value: [7, '', 'id', ['v', 'v']],
          where: [[], 7, { id: 1 }],
          match: ['some', 1],
          orderBy: [7, [7]],
          create: [{}, false, { columns: { id: 'int' } }, { columns: {}, sample: {} }],
          types: [{ a: 'varchar' }, 7],
          row: [7, []],
          schema: ['', 7],
          allowClear: ['yes'],
          pageSize: [0, 1.5],
        },
        refuses: [
          ...wrongDatabases(db => module.rows(db, 't', { key: 'id' })),
          [({ db }) => module.rows(db, '', { key: 'id' }), 'name of the table'],
          [({ db }) => module.rows(db, 't', {} as never), 'key'],
          [({ db }) => module.rows(db, 't', { key: 'a\0' }), 'name of a column'],
        ],
      },
      sqlite: {
        options: options => module.sqlite('never-opened.db', options as never),
        bad: {
          driver: ['sqlite3', 7],
          sync: ['off', true],
          readOnly: ['yes'],
          mustExist: [1],
          timeout: [0, '5', Number.NaN],
        },
        refuses: [
          ...['', 'a\0b', null, undefined, {}, 7, { prepare() {} }].map(
            place => [() => module.sqlite(place as never), 'place'] as const,
          ),
          [() => module.sqlite(':memory:', { readOnly: true }), 'readOnly'],
        ],
      },
      tables: {
        options: (options, { db }) => module.tables(db, options as never),
        bad: { schema: ['', 7] },
        refuses: wrongDatabases(db => module.tables(db)),
      },
      transaction: {
        options: (options, { db }) => module.transaction(db, () => 1, options as never),
        bad: { serializable: ['yes', 1], signal: [{}, true] },
        refuses: [
          ...wrongDatabases(db => module.transaction(db, () => 1)),
          [({ db }) => module.transaction(db, null as never), 'work'],
        ],
      },
    },
  }))
    it(name, run)
})
