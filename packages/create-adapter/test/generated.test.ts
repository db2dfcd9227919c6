import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { METHODS } from '@kvdol/core/adapter'
import { temporaryFolder } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { generate } from '../src/generate.ts'
import { namesOf } from '../src/names.ts'
import { install } from './support/installed.ts'

const { resolve } = createRequire(import.meta.url)

/** Runs a program in the package, as somebody does who has it alone. */
async function program(folder: string, file: string, ...args: string[]): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(VITEST|KVDOL|NODE_|npm_)/.test(name))
  const env = Object.fromEntries(own)
  const given = { cwd: folder, env: { ...env, KIT_SCALE: 'smoke' }, maxBuffer: 2 ** 26 }
  const ended = promisify(execFile)(process.execPath, [file, ...args], given)
  const { stdout } = await ended.catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}\n${stderr}`)
  })
  return stdout
}

const tsc = fileURLToPath(new URL('../../../node_modules/typescript-7/bin/tsc', import.meta.url))
const vitest = resolve('vitest/package.json').replace('package.json', 'vitest.mjs')
// The packages of this workspace give their sources as types, and need what those need.
const types = ['--preserveSymlinks', '--rewriteRelativeImportExtensions', '--lib', 'es2024,esnext.disposable']

/** The names that a file imports and declares, on whatever level. */
function declared(text: string): string[] {
  const lists = [...text.matchAll(/(?:import|const) (?:type )?[{[]([^}\]]*)[}\]]/g)].flatMap(
    ([, names = '']) => names.split(','),
  )
  const single = [...text.matchAll(/(?:const|function|export const) (\w+)/g)].map(([, name = '']) => name)
  return [...lists.map(each => each.trim().replace(/^type |.*: | =.*/g, '')), ...single]
}

/** Not how long the event loop stands, which is the stand-in's too: it runs in the same process. */
const UNTIMED = '^(?!.*\\bN10\\b)'

describe('the package that is made', () => {
  it('is checked, built, tested and packed as it is', async () => {
    const folder = await generate(namesOf('@me/kv-sample-server'), temporaryFolder())
    await install(folder)
    await program(folder, tsc, '--noEmit', ...types)
    await program(folder, tsc, '--project', 'tsconfig.build.json', ...types)
    expect(readdirSync(join(folder, 'dist')).sort()).toContain('sample-server.d.ts')
    const told = await program(folder, vitest, 'run', '--reporter=json', '--testNamePattern', UNTIMED)
    const { success, numPassedTests } = JSON.parse(told.slice(told.indexOf('{"num')))
    expect(success).toBe(true)
    expect(numPassedTests).toBeGreaterThan(150)
    const npm = join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js')
    if (!existsSync(npm)) return
    const [packed] = JSON.parse(await program(folder, npm, 'pack', '--dry-run', '--json', '--ignore-scripts'))
    const files = packed.files.map(({ path }: { path: string }) => path)
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']),
    )
    expect(files.filter((file: string) => !/^(dist\/|README|package)/.test(file))).toEqual([])
    // On a busy machine.
  }, 600_000)

  it('has every method of drivers, and every placeholder filled in', async () => {
    const folder = await generate(namesOf('redis'), temporaryFolder())
    const driver = readFileSync(join(folder, 'src/driver.ts'), 'utf8')
    const missing = Object.keys(METHODS).filter(name => !new RegExp(`\\b${name}(:|\\()`).test(driver))
    expect(missing).toEqual([])
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(each => each.isFile())
    const paths = files.map(({ parentPath, name }) => join(parentPath, name))
    for (const path of paths) expect(readFileSync(path, 'utf8'), path).not.toMatch(/\{\{\w|>undefined/)
    expect(paths.map(path => path.slice(folder.length + 1))).toEqual(
      expect.arrayContaining([
        '.gitignore',
        '.changeset/first.md',
        '.github/workflows/ci.yml',
        'CONTRIBUTING.md',
      ]),
    )
  })

  it('gives its function no name that a file beside it declares', async () => {
    const folder = await generate(namesOf('sample'), temporaryFolder())
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(each => each.isFile())
    const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    const names = new Set(texts.filter(text => /\bsample\b[ (]/.test(text)).flatMap(declared))
    const own = [...names].filter(name => /^[a-z]/.test(name) && !name.startsWith('sample'))
    expect(own.length).toBeGreaterThan(20)
    const dashed = (name: string) => name.replaceAll(/[A-Z]/g, capital => `-${capital.toLowerCase()}`)
    expect(own.filter(name => namesOf(`@me/${dashed(name)}`).fn === name)).toEqual([])
  })

  it.each(['index', 'client', 'driver', 'errors', 'options', 'store', 'server', 'settings-of'])(
    'keeps apart what is named %s and what it has anyway',
    async name => {
      const names = namesOf(name)
      const folder = await generate(names, temporaryFolder())
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(each =>
        each.isFile(),
      )
      const paths = files.map(({ parentPath, name }) => join(parentPath, name))
      expect(paths.filter(path => /\/src\/\w/.test(path))).toHaveLength(6)
      for (const path of paths.filter(each => /\.[jt]s$/.test(each)))
        expect(
          declared(readFileSync(path, 'utf8')).filter(each => each === names.fn).length,
          path,
        ).toBeLessThan(2)
    },
  )

  it('has the headings of every adapter', async () => {
    const folder = await generate(namesOf('redis'), temporaryFolder())
    const headings = readFileSync(join(folder, 'README.md'), 'utf8').match(/^## .*/gm)
    expect(headings).toEqual(
      ['Install', 'Use', 'Options', 'Keys', 'What is fast', 'Limits', 'Errors'].map(name => `## ${name}`),
    )
  })
})
