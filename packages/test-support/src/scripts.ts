import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { bundle } from './bundle.ts'
import { type Child, type ChildOptions, startChild } from './child.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface ScriptOptions extends ChildOptions {
  /** Constants of the script, as JSON. */
  readonly values?: Readonly<Record<string, unknown>>
}

/**
 * Gives a function that runs a script in a process of its own: the text of a module in which everything that `module`
 * exports is imported as `kvdol`, beside `bytes` and `text` for UTF-8.
 *
 * @example
 * ```ts
 * const run = scripts(new URL('./support/everything.ts', import.meta.url))
 * await run('console.log(await kvdol.files(root).size())', { values: { root } }).ended
 * ```
 */
export function scripts(module: URL): (script: string, options?: ScriptOptions) => Child {
  const program = bundle({ kvdol: module })
  return (script, { values = {}, ...options } = {}) => {
    const file = path.join(temporaryFolder(), 'script.mjs')
    const constants = Object.entries(values).map(
      ([name, value]) => `const ${name} = ${JSON.stringify(value)}`,
    )
    const lines = [
      `import * as kvdol from ${JSON.stringify(program('kvdol'))}`,
      ...constants,
      'const bytes = text => new TextEncoder().encode(text)',
      'const text = value => new TextDecoder().decode(value)',
      script,
    ]
    writeFileSync(file, lines.join('\n'))
    return startChild(file, [], options)
  }
}
