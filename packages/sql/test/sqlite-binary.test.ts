import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { withService } from '@kvdol/services'
import { fastFolder, startChild } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { bundled } from './support/bundled.ts'

const program = bundled({ program: 'open-sqlite-child.ts' })

/** The program beside a better-sqlite3 that was installed without its build, as with `--ignore-scripts`. */
function withoutBinary(): string {
  const folder = fastFolder()
  const installed = path.dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'))
  const copy = path.join(folder, 'node_modules', 'better-sqlite3')
  mkdirSync(copy, { recursive: true })
  for (const part of ['lib', 'package.json'])
    cpSync(path.join(installed, part), path.join(copy, part), { recursive: true })
  const resolve = createRequire(path.join(installed, 'lib', 'database.js')).resolve
  for (const name of ['bindings', 'file-uri-to-path'])
    cpSync(
      path.dirname(
        name === 'bindings'
          ? resolve('bindings/package.json')
          : createRequire(resolve('bindings')).resolve(`${name}/package.json`),
      ),
      path.join(folder, 'node_modules', name),
      { recursive: true, dereference: true },
    )
  cpSync(path.dirname(program('program')), folder, { recursive: true })
  return path.join(folder, 'program.mjs')
}

describe('better-sqlite3 without a binary that works', () => {
  it('is said, with what to run, where there is no other', async () => {
    const { output } = await startChild(withoutBinary(), ['better-sqlite3']).ended
    expect(output).toContain('Unsupported')
    expect(output).toContain('npm rebuild better-sqlite3')
  })

  it('that was made for another Node is said as well', async () => {
    const file = withoutBinary()
    const build = path.join(path.dirname(file), 'node_modules', 'better-sqlite3', 'build', 'Release')
    mkdirSync(build, { recursive: true })
    writeFileSync(path.join(build, 'better_sqlite3.node'), 'no library')
    const { output } = await startChild(file, ['better-sqlite3']).ended
    expect(output).toContain('npm rebuild better-sqlite3')
  })

  it('that is not installed at all is said', async () => {
    const file = withoutBinary()
    rmSync(path.join(path.dirname(file), 'node_modules'), { recursive: true })
    const { output } = await startChild(file, ['better-sqlite3']).ended
    expect(output).toContain('npm install better-sqlite3')
  })
})

await withService('node24', node => {
  it('a better-sqlite3 without a binary is replaced by node:sqlite, unless it was asked for', async () => {
    const file = withoutBinary()
    const run = async (...args: string[]) => {
      const child = startChild(file, args, { shell: `exec ${node} "$@"` })
      return (await child.ended).output
    }
    expect(await run()).toContain('stored')
    expect(await run('better-sqlite3')).toContain('npm rebuild better-sqlite3')
  })
})
