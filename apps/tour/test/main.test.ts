import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
// Beside dist, as the program looks for its sources from there.
const place = mkdtempSync(fileURLToPath(new URL('../test-', import.meta.url)))
const program = join(place, 'main.mjs')
let folder: string
let temporary: string

beforeAll(() => {
  buildSync({
    entryPoints: [main],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['@kvdol/source'],
  })
  folder = mkdtempSync(join(tmpdir(), 'kvdol-tour-test-'))
  temporary = mkdtempSync(join(tmpdir(), 'kvdol-tour-test-'))
  writeFileSync(join(folder, 'note.txt'), 'Buy milk')
})

afterAll(() => {
  for (const each of [place, folder, temporary]) rmSync(each, { recursive: true })
})

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary },
  })
  return { status, stdout, stderr, leftovers: readdirSync(temporary) }
}

it('ends well, leaving nothing behind', () => {
  expect(run(folder)).toMatchObject({ status: 0, stderr: '', leftovers: [] })
})

it('tells how it is used', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: npm start') })
})

it.each([
  ['a missing folder', ['/missing/folder'], 'There is no folder /missing/folder.'],
  ['a file', [main], 'is a file; the tour takes a folder.'],
  ['two folders', ['a', 'b'], 'The tour takes one folder.'],
  ['an unknown option', ['--fast'], "Unknown option '--fast'"],
])('refuses %s in one sentence', (_, args, message) => {
  const { status, stdout, stderr } = run(...args)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toContain(message)
  expect(stderr).not.toContain('    at ')
})
