import { typeName } from '@kvdol/core/adapter'
import { corrupt } from '../failure.ts'
import type { Dialect } from './csv-options.ts'

const LINE_BREAKS = /\r\n|\r|\n/g

/**
 * The rows of CSV text, an empty line being a row without cells. A byte order mark at the beginning is left out. Throws
 * `Corrupt`, with the line on which the row begins, where quotes are misplaced.
 *
 * Lines without quotes, which are most, are split by the engine; the others are read cell by cell.
 */
export function readRows(text: string, { delimiter }: Dialect): string[][] {
  if (typeof text !== 'string')
    throw corrupt(`csv decodes text, not ${typeName(text)}; put text() or textValues() under it`)
  if (!text.isWellFormed()) throw corrupt('the stored text holds half of a surrogate pair')
  const nextQuote = finder(text, '"')
  const nextFeed = finder(text, '\n')
  const nextReturn = finder(text, '\r')
  const rows: string[][] = []
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    const end = Math.min(nextFeed(at), nextReturn(at))
    if (nextQuote(at) < end) at = quotedRow(at)
    else {
      rows.push(end === at ? [] : text.slice(at, end).split(delimiter))
      at = afterBreak(end)
    }
  }
  return rows

  /** Reads a row that has quotes; gives where the next one begins. */
  function quotedRow(start: number): number {
    const row: string[] = []
    for (let from = start; ; from++) {
      const end = text[from] === '"' ? quotedCell(row, from, start) : plainCell(row, from, start)
      from = end
      if (text[end] === delimiter) continue
      rows.push(row)
      return afterBreak(end)
    }
  }

  /** Reads a cell in quotes; gives where it ends. */
  function quotedCell(row: string[], start: number, rowStart: number): number {
    for (let from = start + 1; ; from += 2) {
      from = text.indexOf('"', from)
      if (from === -1) throw misplaced('a quote is not closed', rowStart)
      if (text[from + 1] === '"') continue
      row.push(text.slice(start + 1, from).replaceAll('""', '"'))
      const end = from + 1
      if (end < text.length && text[end] !== delimiter && !isBreak(text[end]))
        throw misplaced('something follows a closing quote', rowStart)
      return end
    }
  }

  function plainCell(row: string[], start: number, rowStart: number): number {
    let end = start
    while (end < text.length && text[end] !== delimiter && !isBreak(text[end])) {
      if (text[end] === '"') throw misplaced('a quote stands inside of a cell that is not quoted', rowStart)
      end++
    }
    row.push(text.slice(start, end))
    return end
  }

  function afterBreak(end: number): number {
    return text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1
  }

  function misplaced(what: string, rowStart: number): Error {
    return corrupt(`the row that begins at line ${1 + breaksIn(text.slice(0, rowStart))} is not CSV: ${what}`)
  }
}

/** The line, counted from 1, on which the row at `index` begins. */
export function lineOf(rows: readonly (readonly string[])[], index: number): number {
  let line = index + 1
  for (const row of rows.slice(0, index)) for (const cell of row) line += breaksIn(cell)
  return line
}

function breaksIn(text: string): number {
  return text.match(LINE_BREAKS)?.length ?? 0
}

function isBreak(character: string | undefined): boolean {
  return character === '\n' || character === '\r'
}

/** Finds the next place of a character, for positions that only grow: the text is searched once. */
function finder(text: string, character: string): (from: number) => number {
  let found = -1
  return from => {
    if (found < from) {
      const next = text.indexOf(character, from)
      found = next === -1 ? text.length : next
    }
    return found
  }
}
