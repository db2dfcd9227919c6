import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contestants } from '../src/contestants.ts'
import { printedBy, programText } from '../src/findings.ts'
import { withScratch } from '../src/scratch.ts'

const page = readFileSync(new URL('../../../docs/scoreboard.md', import.meta.url), 'utf8')
const findings = contestants.flatMap(contestant => ('findings' in contestant ? contestant.findings : []))

/** The programs whose output does not depend on chance, each once. */
const programs = new Set(findings.filter(({ race }) => !race).map(({ program }) => program))

describe('docs/scoreboard.md', () => {
  it.each(contestants.map(({ name }) => name))('has a row for %s', name => {
    expect(page).toContain(`\n| ${name} | `)
  })

  it.each(findings)('tells what $program is', ({ says, program }) => {
    expect(page).toContain(says)
    expect(page).toContain(programText(program).trim())
  })

  it.each([...programs])('has what %s prints', async program => {
    const printed = await withScratch(scratch => printedBy(program, scratch))
    expect(page).toContain(`${programText(program).trim()}\n\`\`\`\n\n\`\`\`text\n${printed.trim()}\n\`\`\``)
  })
})

it('names programs that are there', () => {
  for (const { program } of findings)
    expect(existsSync(new URL(`../findings/${program}.mjs`, import.meta.url))).toBe(true)
})
