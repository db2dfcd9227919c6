import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { typeName } from '@kvdol/core/adapter'
import { printError } from '../assert.ts'
import type { Subject } from '../subject.ts'
import { Refusal } from './refusal.ts'

/** The subject of a module: its default export, its export `subject`, a function that gives one, or its `open`. */
export async function loadSubject(path: string): Promise<Subject> {
  const file = resolve(path)
  if (!existsSync(file)) throw new Refusal(`there is no file ${file}`)
  const loaded = await imported(file)
  const exported = loaded.default ?? loaded.subject ?? loaded
  const subject = typeof exported === 'function' ? await exported() : exported
  if (typeof (subject as Partial<Subject> | undefined)?.open === 'function') return subject as Subject
  throw new Refusal(
    `${path} ${foundIn(loaded, exported)}, and no subject. Write:\n` +
      '  export default { open: () => myStore(), remove: store => … }',
  )
}

/** What a module has instead of a subject. */
function foundIn(loaded: Record<string, unknown>, exported: unknown): string {
  if (exported === loaded) return `exports ${Object.keys(loaded).join(', ') || 'nothing'}`
  const fields = typeof exported === 'object' && exported !== null ? Object.keys(exported) : []
  return fields.length === 0
    ? `exports ${typeName(exported)}`
    : `exports an object without an open, with ${fields.join(', ')}`
}

async function imported(file: string): Promise<Record<string, unknown>> {
  try {
    if (!/\.[cm]?tsx?$/.test(file) || runsTypeScript()) return await import(pathToFileURL(file).href)
    return await (await transpiler()).import(file)
  } catch (error) {
    if (error instanceof Refusal) throw error
    // Only the program that fails to start with it is told the line.
    const hint =
      error instanceof SyntaxError && /js$/.test(file) ? `; node --check ${file} shows the line` : ''
    throw new Refusal(`${file} cannot be loaded: ${printError(error)}${hint}`)
  }
}

/** Whether this Node takes the types off by itself: from 22.18 on, or with a loader. */
function runsTypeScript(): boolean {
  const { features } = process as { features?: { typescript?: unknown } }
  return Boolean(features?.typescript) || process.execArgv.some(arg => /tsx|ts-node|strip-types/.test(arg))
}

async function transpiler() {
  try {
    const { createJiti } = await import('jiti')
    return createJiti(import.meta.url, { fsCache: false })
  } catch {
    throw new Refusal(
      `Node ${process.versions.node} runs no TypeScript: use Node 22.18 or newer, or install jiti (npm install --save-dev jiti)`,
    )
  }
}
