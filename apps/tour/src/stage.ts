import type { Input } from './input.ts'

/** What a chapter works with. */
export interface Stage extends Input {
  /** An empty folder that is removed after the tour. */
  readonly temporary: string
  /** Shows values on one line of the output. */
  readonly print: Print
}

type Print = (...values: readonly unknown[]) => void

/** One stop of the tour: a function that works on the stage, and whose source is shown beside its output. */
export interface Chapter {
  readonly title: string
  /** What there is to see, in a sentence or two. */
  readonly text: string
  /** The file in `src/chapters` that holds the function. */
  readonly file: string
  readonly run: (stage: Stage) => Promise<void>
}
