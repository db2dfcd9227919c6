import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type Clause, contract, saboteurs } from '../src/index.ts'

const readme = new URL('../README.md', import.meta.url)
const document = new URL('../../../docs/contract.md', import.meta.url)

const clauseTable = [
  '| clause | promise |',
  '|---|---|',
  ...Object.entries(contract).map(([clause, promise]) => `| ${clause} | ${promise.replaceAll('|', '\\|')} |`),
].join('\n')

const saboteurTable = [
  '| saboteur | clauses it breaks | others that notice |',
  '|---|---|---|',
  ...saboteurs.map(
    ({ name, breaks, touches }) => `| ${name} | ${breaks.join(', ')} | ${touches.join(', ')} |`,
  ),
].join('\n')

/** Puts the tables between their markers. */
function withTables(text: string): string {
  return [
    ['clauses', clauseTable],
    ['saboteurs', saboteurTable],
  ].reduce(
    (all, [name, table]) =>
      all.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- /${name} -->)`),
        (_, open, close) => `${open}${table}${close}`,
      ),
    text,
  )
}

describe('README', () => {
  it('has the tables of the code; KVDOL_UPDATE_README=1 writes them', async () => {
    const text = await readFile(readme, 'utf8')
    if (process.env.KVDOL_UPDATE_README === '1') await writeFile(readme, withTables(text))
    const current = await readFile(readme, 'utf8')
    expect(current).toContain(clauseTable)
    expect(current).toContain(saboteurTable)
  })
})

describe('docs/contract.md', () => {
  it('speaks of every clause that the kit tests', async () => {
    const text = await readFile(document, 'utf8')
    const missing = (Object.keys(contract) as Clause[]).filter(clause => !text.includes(`**${clause}**`))
    expect(missing).toEqual([])
  })
  it('has a place for the link of every failure', async () => {
    const text = await readFile(document, 'utf8')
    const missing = (Object.keys(contract) as Clause[]).filter(
      clause => !text.includes(`**${clause}** <a id="${clause.toLowerCase()}"></a>`),
    )
    expect(missing).toEqual([])
  })
})
