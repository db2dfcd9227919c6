import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { EXPRESSIONS } from './support/expressions.ts'
import { MISTAKES } from './support/mistakes.ts'
import { PRELUDE } from './support/prelude.ts'

const here = path.dirname(fileURLToPath(import.meta.url))

/** Each piece of code is a module of its own after the prelude, so that no mistake hides another. */
function service(codes: readonly string[]): {
  hover(index: number, name: string): string
  mistakes(index: number): { at: string; says: string }[]
} {
  const name = (index: number) => path.join(here, `piece-${index}.ts`)
  const sources = new Map(codes.map((code, index) => [name(index), `${PRELUDE}\n${code}\n`]))
  const read = (file: string) => sources.get(file) ?? ts.sys.readFile(file)
  const config = ts.readConfigFile(path.join(here, '../../../../tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(
    { compilerOptions: config.config.compilerOptions },
    ts.sys,
    here,
  )
  const host: ts.LanguageServiceHost = {
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath && { realpath: ts.sys.realpath }),
    getScriptFileNames: () => [...sources.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: file => {
      const text = read(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => here,
    getCompilationSettings: () => ({
      ...options,
      composite: false,
      declaration: false,
      noEmit: true,
      noUnusedLocals: false,
      allowImportingTsExtensions: true,
      lib: ['lib.es2023.d.ts', 'lib.es2024.string.d.ts', 'lib.esnext.disposable.d.ts'],
      rootDir: path.parse(here).root,
    }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: file => sources.has(file) || ts.sys.fileExists(file),
    readFile: read,
  }
  const language = ts.createLanguageService(host)
  return {
    hover(index, of) {
      const text = sources.get(name(index)) as string
      const info = language.getQuickInfoAtPosition(
        name(index),
        text.lastIndexOf(`const ${of}`) + 'const '.length,
      )
      return ts.displayPartsToString(info?.displayParts).replace(/\s+/g, ' ')
    },
    mistakes(index) {
      const text = sources.get(name(index)) as string
      return language.getSemanticDiagnostics(name(index)).map(({ start = 0, length = 0, messageText }) => ({
        at: text.slice(start, start + length),
        says: ts.flattenDiagnosticMessageText(messageText, '\n'),
      }))
    },
  }
}

const expressions = service(EXPRESSIONS.map(code => `const it = ${code}`))

it.each(EXPRESSIONS.map((code, index) => [code, index] as const))('hover of %s', (_, index) => {
  expect(expressions.mistakes(index)).toEqual([])
  const shown = expressions.hover(index, 'it')
  expect(shown).toMatchSnapshot()
  expect(shown.length).toBeLessThanOrEqual(200)
  expect(shown.replace('Reader<any,', '')).not.toMatch(/\bany\b|RecordOf|TupleOf|FieldsOf|\bT</)
})

const mistakes = service(MISTAKES.map(({ code }) => code))

it.each(MISTAKES.map(({ code, at }, index) => [code, at, index] as const))(
  'mistake in %s',
  (_, at, index) => {
    const [first, ...others] = mistakes.mistakes(index)
    expect(first?.at).toBe(at)
    expect(first?.says).toMatchSnapshot()
    expect(others.map(other => other.at)).toMatchSnapshot('further places')
  },
)
