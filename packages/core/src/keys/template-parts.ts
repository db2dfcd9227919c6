import { printValue } from '../print-key.ts'
import { mayHold, tabulated } from './automaton.ts'
import { type CompiledConverter, type Converter, findConverter } from './converter.ts'

/** A field of a template. */
export interface TemplateField extends CompiledConverter {
  readonly name: string
  /** The literal text before it. */
  readonly before: string
}

/** A template read into its parts: literal text and fields in turn, ending with literal text. */
export interface TemplateParts {
  readonly fields: readonly TemplateField[]
  /** The literal text after the last field. */
  readonly end: string
  /** Every field but the last is followed by a character that it cannot hold, so a key can be divided in one way. */
  readonly obvious: boolean
}

type CustomConverters = Readonly<Record<string, Converter<unknown>>>

// An escaped brace, a field, or a brace that is neither.
const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g

/** Reads a template. Throws `TypeError` naming the place of whatever is wrong. */
export function parseTemplate(pattern: string, converters: CustomConverters): TemplateParts {
  if (typeof pattern !== 'string' || !pattern.isWellFormed())
    throw new TypeError(`template takes a well-formed string, not ${printValue(pattern)}`)
  for (const name of Object.keys(converters)) findConverter(name, converters)
  const fields: TemplateField[] = []
  let literal = ''
  let last = 0
  for (const { 0: token, 1: spec, index } of pattern.matchAll(TOKEN)) {
    literal += pattern.slice(last, index)
    last = index + token.length
    if (token === '{{' || token === '}}') {
      literal += token[0]
    } else if (spec === undefined) {
      throw mistake(pattern, index, `${token} has no partner; write ${token}${token} for a literal brace`)
    } else {
      fields.push(readField(pattern, index, spec, literal, fields, converters))
      literal = ''
    }
  }
  if (fields.length === 0) throw mistake(pattern, 0, 'there is no field')
  return { fields, end: literal + pattern.slice(last), obvious: isObvious(fields) }
}

function readField(
  pattern: string,
  index: number,
  spec: string,
  before: string,
  earlier: readonly TemplateField[],
  converters: CustomConverters,
): TemplateField {
  const colon = spec.indexOf(':')
  const name = spec === '' ? String(earlier.length) : colon < 0 ? spec : spec.slice(0, colon)
  const kind = colon < 0 ? 'string' : spec.slice(colon + 1)
  if (name === '') throw mistake(pattern, index, 'the field has no name')
  if (earlier.some(field => field.name === name))
    throw mistake(pattern, index, `there are two fields ${name}`)
  const converter = findConverter(kind, converters)
  if (converter === undefined) throw mistake(pattern, index, `there is no converter ${kind}`)
  const previous = earlier.at(-1)
  if (previous !== undefined && before === '' && !previous.automaton.fixed && !converter.automaton.fixed)
    throw mistake(pattern, index, `nothing tells where ${previous.name} ends and ${name} begins`)
  return { ...converter, automaton: tabulated(converter.automaton), name, before }
}

function isObvious(fields: readonly TemplateField[]): boolean {
  return fields.slice(1).every(({ before }, index) => {
    const previous = fields[index] as TemplateField
    return before !== '' && !mayHold(previous.automaton, before.charCodeAt(0))
  })
}

function mistake(pattern: string, index: number, problem: string): TypeError {
  return new TypeError(`template ${JSON.stringify(pattern)}, character ${index + 1}: ${problem}`)
}
