import { highlight } from './highlight.ts'
import { beside, columns, wrap } from './layout.ts'
import type { Paint } from './paint.ts'

const MARGIN = '  '
const LEAST_OUTPUT = 40
const MOST_OUTPUT = 90

/** The lines that announce a chapter. */
export function headingLines(heading: string, text: string, width: number, paint: Paint): string[] {
  const rule = '─'.repeat(Math.max(2, width - columns(heading) - 6))
  return [
    '',
    `${paint.faint('──')} ${paint.title(heading)} ${paint.faint(rule)}`,
    '',
    ...wrap(text, width - 2 * MARGIN.length).map(line => MARGIN + line),
    '',
  ]
}

/**
 * Code and what it printed, one line for each `print`: side by side where the terminal is wide enough, else one above
 * the other.
 */
export function bodyLines(code: string, output: readonly string[], width: number, paint: Paint): string[] {
  const source = code.split('\n')
  const codeWidth = Math.max(...source.map(columns))
  const outputWidth = width - 2 * MARGIN.length - codeWidth - 3
  const colored = source.map(line => highlight(line, paint))
  const bar = paint.faint('│ ')
  const body =
    outputWidth >= LEAST_OUTPUT
      ? beside(colored, wrapped(output, Math.min(outputWidth, MOST_OUTPUT)), codeWidth + 1, bar)
      : [...colored, '', ...wrapped(output, width - 2 * MARGIN.length - 2).map(line => bar + line)]
  return body.map(line => (MARGIN + line).trimEnd())
}

function wrapped(output: readonly string[], width: number): string[] {
  return output.flatMap(line => wrap(line, width, '  '))
}
