import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const here = slashed(fileURLToPath(new URL('.', import.meta.url)))
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Programs by the name of their document. */
export type Programs = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Checks all programs with the compiler options of the repository, and gives what is wrong, one line for each. */
export function typecheck(programs: Programs): string[] {
  const sources = new Map<string, string>()
  for (const [document, files] of programs)
    for (const [name, code] of files) sources.set(slashed(join(here, document, name)), code)
  const options = readOptions()
  const program = ts.createProgram(
    [...sources.keys()],
    options,
    withSources(ts.createCompilerHost(options), sources),
  )
  // Only the examples: what they import is checked elsewhere.
  return [...sources.keys()]
    .flatMap(path => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))
    .map(print)
}

function readOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, files: [], include: [], references: [] },
    ts.sys,
    root,
  )
  const { tsBuildInfoFile: _, ...kept } = options
  // Examples show a name without using it.
  return { ...kept, incremental: false, noUnusedLocals: false }
}

/** The host with further files, which exist nowhere else. */
function withSources(host: ts.CompilerHost, sources: ReadonlyMap<string, string>): ts.CompilerHost {
  const folders = new Set([...sources.keys()].map(path => slashed(join(path, '..'))))
  return {
    ...host,
    fileExists: path => sources.has(path) || host.fileExists(path),
    directoryExists: path => folders.has(path) || (host.directoryExists?.(path) ?? true),
    readFile: path => sources.get(path) ?? host.readFile(path),
    getSourceFile: (path, ...rest) => {
      const code = sources.get(path)
      return code === undefined ? host.getSourceFile(path, ...rest) : ts.createSourceFile(path, code, rest[0])
    },
  }
}

/** As the compiler writes paths, on every system. */
function slashed(path: string): string {
  return path.replaceAll('\\', '/')
}

function print({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (file === undefined || start === undefined) return message
  const { line } = file.getLineAndCharacterOfPosition(start)
  return `${file.fileName.slice(here.length)}:${line + 1}: ${message}`
}
