import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withScratch } from '../src/scratch.ts'
import { tryInChild } from '../src/trial/run-child.ts'

/** A trial of three cases, of which the second does this. */
const program = (second: string) => `
const from = Number(process.argv[4])
const say = line => console.log(JSON.stringify(line))
const cases = [() => {}, () => { ${second} }, () => {}]
for (const [index, run] of [...cases.entries()].slice(from)) {
  say({ begins: 'case ' + index, clause: 'K5' })
  run()
  say({ name: 'case ' + index, clause: 'K5' })
}`

const tried = (second: string, patience?: number) =>
  withScratch(async scratch => {
    const file = join(scratch, 'trial.mjs')
    writeFileSync(file, program(second))
    return await tryInChild(file, { name: 'a peer', encoded: false }, scratch, patience)
  })

const passed = (index: number) => ({ name: `case ${index}`, clause: 'K5' })

it('gives the results of a trial', async () => {
  expect(await tried('')).toEqual([passed(0), passed(1), passed(2)])
})

it('tells the case that ended the process, and goes on behind it', async () => {
  expect(await tried('process.exit(3)')).toEqual([
    passed(0),
    { ...passed(1), failure: 'the process ended with 3' },
    passed(2),
  ])
})

it('kills a process that hangs', async () => {
  expect(await tried('for (;;);', 2000)).toEqual([
    passed(0),
    { ...passed(1), failure: 'no end within 2 seconds' },
    passed(2),
  ])
})
