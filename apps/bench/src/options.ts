import { parseArgs } from 'node:util'

export interface Options {
  readonly help: boolean
  readonly only: RegExp | undefined
  readonly rounds: number
  readonly quick: boolean
  readonly json: string | undefined
  readonly markdown: string | undefined
}

export const USAGE = `Measures kvdol beside the platform's own calls and beside other libraries.

Usage: npm run bench -- [options]

  --only <regex>     only the rows whose name matches
  --rounds <n>       rounds for each row at most (101; with --quick 15)
  --quick            fewer and shorter rounds, without the large rows: under a minute
  --json <file>      writes the result as JSON
  --markdown <file>  writes the result as a page
  --help             shows this
`

const ROUNDS = 101
const QUICK_ROUNDS = 15

/** Reads the command line. Throws `TypeError` for what it does not understand. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { only, rounds, quick, json, markdown, help } = values
  return {
    help,
    quick,
    json,
    markdown,
    only: only === undefined ? undefined : pattern(only),
    rounds: rounds === undefined ? (quick ? QUICK_ROUNDS : ROUNDS) : wholeNumber(rounds),
  }
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch {
    throw new TypeError(`--only takes a regular expression, not ${text}`)
  }
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new TypeError(`--rounds takes a whole number from 1, not ${text}`)
  return number
}
