import { type Block, readExamples } from './document.ts'

/** Starts a line of output that names the block which prints what follows. */
export const MARK = '\u0002'

/** The main file of every program. */
export const MAIN = 'document.ts'

/**
 * The files of a document's examples, by name. Blocks without a name are one module in the order of the document, each
 * on the lines it has there, so that compiler messages and stack traces name the document's lines.
 */
export function toProgram(markdown: string): Map<string, string> {
  const files = new Map<string, string>()
  const imports = new Map<string, Set<string>>()
  const lines = markdown.split('\n').map(() => '')
  for (const block of readExamples(markdown)) {
    if (block.file !== undefined) {
      files.set(block.file, '\n'.repeat(block.line) + block.code)
    } else {
      const code = takeImports(block.code, imports).split('\n')
      lines.splice(block.line - 1, code.length, opening(block), ...code.slice(0, -1))
      lines[block.line + code.length - 1] = block.noRun === undefined ? '' : '};'
    }
  }
  lines[0] = [...imports]
    .map(([from, names]) => `import { ${[...names].join(', ')} } from '${from}';`)
    .join(' ')
  return files.set(MAIN, `${lines.join('\n')}\nexport {}\n`)
}

/** A block that is not run is a function that is never called. */
function opening({ line, noRun }: Block): string {
  return noRun === undefined ? `;console.log('${MARK}${line}');` : ';async () => {'
}

const IMPORT = /^import (type )?\{([^}]*)\} from '([^']+)'$/gm

/** Collects what the code imports, for one import of each name at the top, and leaves empty lines in its place. */
function takeImports(code: string, imports: Map<string, Set<string>>): string {
  return code.replace(IMPORT, (statement: string, type = '', names = '', from = '') => {
    const wanted = imports.get(from) ?? new Set()
    for (const name of names.split(',')) if (name.trim() !== '') wanted.add(type + name.trim())
    imports.set(from, wanted)
    return statement.replace(/[^\n]/g, '')
  })
}
