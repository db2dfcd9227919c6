import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kvdol-child-'))
  const source = (name: string) => fileURLToPath(new URL(`../../../${name}/src/index.ts`, import.meta.url))
  buildSync({
    stdin: {
      contents: ['core', 'fs'].map(name => `export * from ${JSON.stringify(source(name))}`).join('\n'),
      resolveDir: path.dirname(fileURLToPath(import.meta.url)),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@kvdol/source'],
    outfile: path.join(folder, 'kvdol.mjs'),
    logLevel: 'error',
  })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a child process says and how it ends. */
export interface Child {
  readonly process: ChildProcess
  readonly ended: Promise<{ code: number | null; output: string }>
}

let count = 0

/**
 * Runs a script in a process of its own: a module in which everything of core and fs is imported as `kvdol`, and
 * `root` is the folder.
 */
export function run(root: string, script: string, shell?: string): Child {
  const file = path.join(folder, `script-${count++}.mjs`)
  writeFileSync(
    file,
    `import * as kvdol from './kvdol.mjs'\nconst root = ${JSON.stringify(root)}\nconst bytes = text => new TextEncoder().encode(text)\nconst text = value => new TextDecoder().decode(value)\n${script}`,
  )
  const child =
    shell === undefined
      ? spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn('sh', ['-c', `${shell}; exec ${JSON.stringify(process.execPath)} ${JSON.stringify(file)}`], {
          stdio: ['ignore', 'pipe', 'pipe'],
        })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', part => {
      output += part
    })
  }
  const ended = new Promise<{ code: number | null; output: string }>(resolve => {
    child.on('close', code => resolve({ code, output }))
  })
  return { process: child, ended }
}
