import { maker, typeName } from '@kvdol/core/adapter'
import type { Edit, EditingCodec } from '@kvdol/core/layers'
import {
  type Document,
  isScalar,
  LineCounter,
  type ParseOptions,
  parseDocument,
  type Scalar,
  stringify,
  visit,
} from 'yaml'
import { assertData, type Format, findMisfit } from '../assert-data.ts'
import { corrupt } from '../failure.ts'
import { sameData } from '../same-data.ts'
import { documentValue } from './document-value.ts'

const SCHEMA = { version: '1.2', schema: 'core', merge: false, resolveKnownTags: false } as const
// The library compares each key with all before it; `duplicateKey` finds the same in one pass.
const READING = { ...SCHEMA, uniqueKeys: false, stringKeys: true, strict: true, prettyErrors: false } as const
const WRITING = {
  ...SCHEMA,
  // Shared parts are written out, because too many aliases could not be read again.
  aliasDuplicateObjects: false,
  // The library's block scalars lose lines that are only spaces.
  blockQuote: false,
  // Lines are not folded.
  lineWidth: 0,
} as const

const FORMAT: Format = {
  name: 'yaml()',
  holds: value =>
    value === null ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.isWellFormed()),
  holdsName: name => name.isWellFormed(),
}

/**
 * YAML text (version 1.2, core schema). Holds `null`, booleans, all numbers, well-formed strings, arrays, and plain
 * objects, to a depth of 100. A property that is `undefined` is left out; anything else, a `Date` too, is refused with
 * `InvalidValue`, naming the place. Comments and layout of a text are lost when its value is written again; `fields` changes
 * single fields in place and keeps them.
 *
 * `Corrupt`, with the line where there is one: more than one document, tags other than those of the core schema, keys
 * that occur twice or are not scalars, and aliases that expand to more than 100 copies, or to a
 * cycle. Keys are strings, so `1: a` is
 * `{ '1': 'a' }`, and `<<` is a key like any other. Empty text is `null`.
 *
 * @example
 * ```ts
 * const settings = pipe(files('settings'), textValues(), mapValues(yaml<Settings>()))
 * ```
 */
export function yaml<T = unknown>(): EditingCodec<T, string> {
  return { name: 'yaml()', decode: text => decode(text) as T, encode, edit }
}

maker(yaml)

function encode(value: unknown): string {
  assertData(FORMAT, value)
  const text = stringify(value, WRITING)
  // A byte order mark at the beginning of the text would be taken for that of a file.
  return text.startsWith('\ufeff') ? `---\n${text}` : text
}

function decode(text: string): unknown {
  if (typeof text !== 'string')
    throw corrupt(`yaml() decodes text, not ${typeName(text)}; put text() or textValues() under it`)
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { ...READING, lineCounter } satisfies ParseOptions & typeof READING)
  const [problem = duplicateKey(document)] = [...document.errors, ...document.warnings]
  // The problem's own message may quote the text, and a stored value must not get into messages.
  if (problem !== undefined)
    throw corrupt(
      `the stored text is not YAML (${problem.code}, line ${lineCounter.linePos(problem.pos[0]).line})`,
    )
  const value = documentValue(document)
  if (findMisfit(FORMAT, value) !== undefined)
    throw corrupt('the stored text holds half of a surrogate pair, or more than 100 levels')
  return value
}

/** The first key that its map has twice, as a problem of the library. */
function duplicateKey(document: Document.Parsed): { code: string; pos: readonly [number] } | undefined {
  let twice: Scalar.Parsed | undefined
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>()
      twice = items
        .map(({ key }) => key as Scalar.Parsed)
        .find(({ value }) => keys.size === keys.add(value).size)
      return twice && visit.BREAK
    },
  })
  return twice && { code: 'DUPLICATE_KEY', pos: [twice.range[0]] }
}

/**
 * The text after the edits, with its comments. Where they cannot be made in place, as behind an alias, and where the text
 * would read back as something else, the value is written anew.
 */
function edit(text: string, edits: readonly Edit[], value: unknown): string {
  const whole = encode(value)
  const document = parseDocument(text, READING)
  try {
    for (const change of edits) make(document, change)
    const style = { lineWidth: 0, flowCollectionPadding: /[[{] \S/.test(text) }
    for (const blockQuote of [true, false]) {
      const edited = document.toString({ ...style, blockQuote })
      if (sameData(decode(edited), value)) return edited
    }
  } catch {
    // The value itself has been found to be sound.
  }
  return whole
}

function make(document: Document.Parsed, { path, value }: Edit): void {
  if (value === undefined) return void document.deleteIn(path)
  const node = document.createNode(value, { aliasDuplicateObjects: false })
  if (path.length === 0 || document.contents === null) document.contents = document.createNode({}) as never
  if (path.length === 0) document.contents = node as never
  else document.setIn(path, isScalar(node) ? value : node)
}
