import { chapters } from './chapters.ts'
import type { Input } from './input.ts'
import { sourceText } from './source-text.ts'
import type { Chapter } from './stage.ts'
import { wrap } from './terminal/layout.ts'
import { bodyLines, headingLines } from './terminal/page.ts'
import type { Paint } from './terminal/paint.ts'
import { show } from './terminal/show.ts'

export interface TourOptions {
  readonly input: Input
  /** An empty folder. */
  readonly temporary: string
  readonly width: number
  readonly paint: Paint
  readonly write: (line: string) => void
}

/** Gives the whole tour. Resolves with the number of chapters that failed, which are shown with their error. */
export async function giveTour(options: TourOptions): Promise<number> {
  const { input, width, paint, write } = options
  const started = performance.now()
  write('')
  write(`${paint.title('kvdol')}  any storage with the interface of an async Map`)
  write('')
  for (const line of wrap(`On show: ${thousands(input.count)} files, ${input.description}.`, width))
    write(line)
  let failed = 0
  for (const [index, chapter] of chapters.entries()) {
    for (const line of headingLines(`${index + 1}  ${chapter.title}`, chapter.text, width, paint)) write(line)
    const output: string[] = []
    const error = await play(chapter, options, output)
    if (error !== undefined) {
      failed++
      output.push(paint.bad(error))
    }
    for (const line of bodyLines(sourceText(chapter.file), output, width, paint)) write(line)
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  write('')
  write(`${chapters.length} chapters in ${seconds} s. The code above is the code that ran: apps/tour/src.`)
  write('Your own files: npm start -- ./my-folder')
  write('Read on: docs/guide.md')
  write('')
  return failed
}

/** Runs a chapter and collects what it prints; gives the message of its error, if it fails. */
async function play(
  chapter: Chapter,
  { input, temporary }: TourOptions,
  output: string[],
): Promise<string | undefined> {
  try {
    await chapter.run({ ...input, temporary, print: (...values) => void output.push(show(values)) })
    return undefined
  } catch (error) {
    return String(error)
  }
}

function thousands(count: number): string {
  return count.toLocaleString('en')
}
