import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { PRELUDE } from './support/prelude.ts'

const here = path.dirname(fileURLToPath(import.meta.url))
const piece = path.join(here, 'budget.ts')

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.es2024.string.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
}

const parsed = new Map<string, ts.SourceFile | undefined>()

/** How many types checking this code makes, of its own. */
function instantiations(code: string): number {
  const host = ts.createCompilerHost(OPTIONS)
  const { getSourceFile } = host
  host.getSourceFile = (file, language) => {
    if (path.resolve(file) === piece) return ts.createSourceFile(file, `${PRELUDE}\n${code}`, language, true)
    if (!parsed.has(file)) parsed.set(file, getSourceFile.call(host, file, language))
    return parsed.get(file)
  }
  const { fileExists } = host
  host.fileExists = file => path.resolve(file) === piece || fileExists.call(host, file)
  const program = ts.createProgram([piece], OPTIONS, host)
  const source = program.getSourceFile(piece)
  const problems = program.getSemanticDiagnostics(source)
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
  return (program as unknown as { getInstantiationCount(): number }).getInstantiationCount()
}

const prefixes = (count: number) =>
  Array.from({ length: count }, (_, n) => `mapKeys(prefix('p${n}/'))`).join(', ')
const fifty = Array.from(
  { length: 50 },
  (_, n) => `
    interface Row${n} { readonly name: string; readonly n${n}: number }
    const store${n} = pipe(memory(), mapKeys(template('t${n}/{team}/{n:int}.json').tuple()), jsonValues<Row${n}>())
    export const used${n} = async () => {
      await store${n}.set(['red', ${n}], { name: 'x', n${n}: 1 })
      for await (const [[team, n], value] of store${n}.entries({ prefix: ['red'] })) void [team, n, value.n${n}]
      return (await store${n}.get(['red', 5]))?.name
    }`,
).join('\n')

/** At most so many, about a fifth more than today. */
const BUDGETS: Record<string, readonly [code: string, most: number]> = {
  'a pipe of one': [`export const it = pipe(memory(), ${prefixes(1)})`, 3300],
  'a pipe of ten': [`export const it = pipe(memory(), ${prefixes(10)})`, 3500],
  'pipes of twenty': [`export const it = pipe(pipe(memory(), ${prefixes(10)}), ${prefixes(10)})`, 3700],
  'a template of fifteen fields': [
    `export const it = template('${Array.from({ length: 15 }, (_, n) => `{f${n}${n % 2 ? ':int' : ''}}`).join('/')}').parse('')`,
    3000,
  ],
  'fifty stores with use': [fifty, 28_000],
}

it.each(Object.entries(BUDGETS))('%s costs no more than it did', (_, [code, most]) => {
  const own = instantiations(code) - instantiations('export const it = memory()')
  expect(own).toBeLessThanOrEqual(most)
})
