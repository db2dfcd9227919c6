import type { ValueCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { typeName } from '../print-key.ts'
import { corrupt, invalidValue } from './failure.ts'

/**
 * Text as its lines. Every line is written with a line feed after it, so `[]` is the empty text and `['']` one line
 * feed. When reading, the last line may go without. A carriage return is part of its line. A line that holds a line
 * feed is refused with `InvalidValue`.
 *
 * @example
 * ```ts
 * const lists = pipe(files('lists'), textValues(), mapValues(lines())) // Store<string, string[]>
 * ```
 */
export function lines(): ValueCodec<string[], string> {
  return { name: 'lines()', decode, encode }
}

maker(lines)

function decode(text: string): string[] {
  if (typeof text !== 'string') throw corrupt(`lines() decodes text, not ${typeName(text)}`)
  const found = text.split('\n')
  if (found.at(-1) === '') found.pop()
  return found
}

function encode(found: string[]): string {
  if (!Array.isArray(found)) throw invalidValue(`a value is an array of strings here, not ${typeName(found)}`)
  let text = ''
  for (const [index, line] of found.entries()) {
    if (typeof line !== 'string') throw invalidValue(`line ${index} is ${typeName(line)}, not a string`)
    if (line.includes('\n')) throw invalidValue(`line ${index} holds a line feed`)
    text += `${line}\n`
  }
  return text
}
