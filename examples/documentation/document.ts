import { isReachable, type Reachable } from './surroundings.ts'

/** A block of TypeScript in a Markdown document. */
export interface Block {
  /** Line of the opening fence, counted from 1. */
  readonly line: number
  /** Name of the file that the block is (`file=shelf.ts`); without one it is a part of the document's program. */
  readonly file: string | undefined
  /** Why the block is only typechecked (`no-run="needs a server"`). */
  readonly noRun: string | undefined
  /** The service of the tests that the block runs against (`service="mongo"`). */
  readonly service: Reachable | undefined
  readonly code: string
  /** What the block has to print: the next block of the document, if that is `text`. */
  readonly expected: string | undefined
}

const FENCE = /^```(\w*)[ \t]*(.*)\n([\s\S]*?)^```[ \t]*$/gm

/** The TypeScript in a document, in order. Throws for a word after `ts` that means nothing. */
export function readExamples(markdown: string): Block[] {
  const fenced = [...markdown.matchAll(FENCE)]
  return fenced.flatMap(({ 1: language, 2: info = '', 3: code = '', index }, place) => {
    if (language !== 'ts') return []
    const next = fenced[place + 1]
    const line = markdown.slice(0, index).split('\n').length
    return [{ line, ...readInfo(info, line), code, expected: next?.[1] === 'text' ? next[3] : undefined }]
  })
}

const INFO = /^(?:file=([\w.-]+\.ts)|no-run="([^"]+)"|service="(\w+)")?$/

function readInfo(info: string, line: number): Pick<Block, 'file' | 'noRun' | 'service'> {
  const [, file, noRun, service] = INFO.exec(info.trim()) ?? fail(info, line)
  if (service !== undefined && !isReachable(service)) fail(info, line)
  return { file, noRun, service }
}

function fail(info: string, line: number): never {
  throw new Error(`line ${line}: after ts comes file=name.ts, no-run="reason" or service="name", not ${info}`)
}
