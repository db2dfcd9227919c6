/** A fenced block of a Markdown document. */
export interface Block {
  /** Line of the opening fence, counted from 1. */
  readonly line: number
  /** The first word after the fence: `ts`, `text`, `sh`, … */
  readonly language: string
  /** Name of the file that the block is (`file=shelf.ts`); without one it is a part of the document's program. */
  readonly file: string | undefined
  /** Why the block is only typechecked (`no-run="needs a server"`). */
  readonly noRun: string | undefined
  readonly code: string
  /** What the block has to print: the next block of the document, if that is `text`. */
  readonly expected: string | undefined
}

const FENCE = /^```(\w*)[ \t]*(.*)\n([\s\S]*?)^```[ \t]*$/gm

/** The fenced blocks of a document, in order. Throws for a word after the language that means nothing. */
export function readBlocks(markdown: string): Block[] {
  const found = [...markdown.matchAll(FENCE)]
  return found.map(({ 1: language = '', 2: info = '', 3: code = '', index }, place) => {
    const next = found[place + 1]
    const line = markdown.slice(0, index).split('\n').length
    return { line, language, ...readInfo(info, line), code, expected: next?.[1] === 'text' ? next[3] : undefined }
  })
}

/** The blocks with TypeScript. */
export function readExamples(markdown: string): Block[] {
  return readBlocks(markdown).filter(({ language }) => language === 'ts')
}

function readInfo(info: string, line: number): Pick<Block, 'file' | 'noRun'> {
  const [, file, noRun] = /^(?:file=([\w.-]+\.ts)|no-run="([^"]+)")?$/.exec(info.trim()) ?? fail(info, line)
  return { file, noRun }
}

function fail(info: string, line: number): never {
  throw new Error(`line ${line}: after the language comes file=name.ts or no-run="reason", not ${info}`)
}
