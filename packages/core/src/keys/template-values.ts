import { checkText, invalidKey } from '../check.ts'
import { StoreError } from '../error.ts'
import { printKey } from '../print-key.ts'
import { matchTemplate } from './template-match.ts'
import type { TemplateField, TemplateParts } from './template-parts.ts'

/** The fields' values in order, or `undefined` when the template does not make this key. */
export function readValues(parts: TemplateParts, key: string): unknown[] | undefined {
  const texts = matchTemplate(parts, key)
  if (texts === undefined) return undefined
  const values: unknown[] = []
  for (const [index, field] of parts.fields.entries()) {
    const text = texts[index] as string
    const value = readText(field, text)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

/** One to one: only if the value makes the same text again. */
function readText(field: TemplateField, text: string): unknown {
  try {
    const value = field.decode(text)
    return value !== undefined && field.encode(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

/** The key. Refuses what would be read back as anything else. */
export function writeKey(parts: TemplateParts, values: readonly unknown[]): string {
  const texts = parts.fields.map((field, index) => writeText(field, values[index]))
  const key = parts.fields.reduce((text, { before }, index) => text + before + texts[index], '') + parts.end
  checkText(key)
  const back = matchTemplate(parts, key)
  for (const [index, field] of parts.fields.entries()) {
    const text = texts[index] as string
    if (back?.[index] !== text || readText(field, text) === undefined) throw unreadable(field, text)
  }
  return key
}

/** Why a field's text would not be read back from the key. */
function unreadable(field: TemplateField, text: string): StoreError {
  const { name, automaton } = field
  if (text === '') return invalidKey('empty-field', `the field ${name} is empty`)
  let state = 0
  for (let index = 0; index < text.length; index++) {
    state = automaton.next(state, text.charCodeAt(index))
    if (state < 0)
      return invalidKey('invalid-field', `the field ${name} cannot hold ${printKey(text[index])} here`)
  }
  if (!automaton.accepts(state)) return invalidKey('invalid-field', `the field ${name} is too short`)
  if (readText(field, text) === undefined)
    return invalidKey(
      'invalid-field',
      `the converter of the field ${name} does not read ${printKey(text)} back`,
    )
  return invalidKey(
    'ambiguous',
    `the field ${name} would not be read back from the key: it looks like the text that follows it`,
  )
}

/** The key's beginning, up to the first field without a value. */
export function writePrefix({ fields, end }: TemplateParts, values: readonly unknown[]): string {
  let text = ''
  for (const [index, field] of fields.entries()) {
    text += field.before
    if (values[index] === undefined) return text
    text += writeText(field, values[index])
  }
  return text + end
}

function writeText(field: TemplateField, value: unknown): string {
  if (value === undefined) throw invalidKey('missing-field', `the field ${field.name} is missing`)
  try {
    return field.encode(value)
  } catch (cause) {
    if (cause instanceof StoreError) throw cause
    const problem = cause instanceof Error ? cause.message : 'does not fit'
    throw new StoreError('InvalidKey', `the field ${field.name} ${problem}`, {
      reason: 'invalid-field',
      cause,
    })
  }
}
