import type { Server, TypesOf } from './case.ts'

const SERVERS: Readonly<Record<Server, string>> = {
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
  mariadb: 'MariaDB',
  mysql: 'MySQL',
}

/** The page that tells of all types, made of the cases of the tests. */
export function documentOf(all: readonly TypesOf[]): string {
  return [
    '# Types of columns',
    'What `rows` of `@kvdol/sql` makes of each type of column, as a value and as a part of a key. Each line is a test: what is listed is found, written back unchanged and deleted under exactly that key; a value that the column would change is refused (`InvalidValue`, `InvalidKey`); and a column that can keep neither promise is refused by the first call (`Incompatible`), which names it and the way out.',
    'This page is made of the tests: `KVDOL_UPDATE_README=1 npx vitest run --project @kvdol/sql column-types`.',
    ...all.flatMap(({ title, cases }) => [
      `## ${title}`,
      [
        '| type | gives and takes | as a key |',
        '| --- | --- | --- |',
        ...cases.map(
          ({ type, gives, noValue, noKey, kind, only }) =>
            `| ${named(type, kind)}${only === undefined ? '' : ` (${SERVERS[only]})`} | ${noValue === undefined ? gives : `refused: ${noValue}`} | ${noKey === undefined ? 'yes' : `refused: ${noKey}`} |`,
        ),
      ].join('\n'),
    ]),
  ]
    .join('\n\n')
    .concat('\n')
}

function named(type: string, kind: string | undefined): string {
  const shown = type === '' ? 'none' : `\`${type.replaceAll('|', '\\|')}\``
  return kind === undefined ? shown : `${shown}, \`types: '${kind}'\``
}
