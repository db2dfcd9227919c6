import { parseArgs } from 'node:util'
import { type Clause, contract } from '../contract.ts'
import { amounts } from '../scale.ts'
import type { Scale } from '../subject.ts'
import { Refusal } from './refusal.ts'

/** What the program was asked for. */
export interface Arguments {
  /** The module of the subject. */
  readonly module: string | undefined
  readonly watch: boolean
  readonly help: boolean
  /** Only these clauses. */
  readonly only: readonly Clause[]
  /** A clause to explain, instead of a run. */
  readonly explain: Clause | undefined
  readonly scale: Scale | undefined
  readonly certificate: string | undefined
  readonly badge: string | undefined
  readonly backend: string | undefined
  readonly concurrency: number
  readonly seed: number | undefined
  readonly timeout: number | undefined
  /** Places may stay behind. */
  readonly leave: boolean
}

export const HELP = `npx @kvdol/conformance ./subject.ts [options]

Holds a store to the contract. The module exports a subject: as default, as "subject", or an "open" of its own.

  --scale smoke|quick|long   how much is tried (quick)
  --only W10,K5              these clauses alone
  --watch                    again whenever a file of its package changes
  --certificate out.json     writes the certificate
  --badge out.json           writes a badge for shields.io/endpoint
  --backend "Redis 7.4"      what the certificate says of the backend
  --concurrency 4            cases at once (4)
  --timeout 60000            longest time for a case, in milliseconds
  --seed 7                   repeats a random run
  --leave                    places may stay behind, for want of a remove
  --explain W10              what a clause protects from, and what to do
`

const OPTIONS = {
  watch: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  only: { type: 'string', multiple: true },
  explain: { type: 'string' },
  scale: { type: 'string' },
  certificate: { type: 'string' },
  badge: { type: 'string' },
  backend: { type: 'string' },
  concurrency: { type: 'string', default: '4' },
  seed: { type: 'string' },
  timeout: { type: 'string' },
  leave: { type: 'boolean', default: false },
} as const

/** Reads the arguments; throws a {@link Refusal} that says what can be given instead. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args)
  if (positionals.length > 1) throw new Refusal(`one module, not ${positionals.join(' and ')}`)
  const only = (values.only ?? []).flatMap(list => list.split(',')).map(clause)
  if (only.length > 0 && (values.certificate ?? values.badge) !== undefined)
    throw new Refusal('a certificate tells of all clauses: leave out --only')
  return {
    ...values,
    module: positionals[0],
    only,
    explain: values.explain === undefined ? undefined : clause(values.explain),
    scale: scale(values.scale),
    concurrency: whole('concurrency', values.concurrency, 1),
    seed: values.seed === undefined ? undefined : whole('seed', values.seed, 0),
    timeout: values.timeout === undefined ? undefined : whole('timeout', values.timeout, 1),
    certificate: values.certificate,
    badge: values.badge,
    backend: values.backend,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new Refusal((error as Error).message)
  }
}

function clause(name: string): Clause {
  const known = name.trim().toUpperCase()
  if (Object.hasOwn(contract, known)) return known as Clause
  throw new Refusal(
    `there is no clause ${JSON.stringify(name)}; there are ${Object.keys(contract).join(', ')}`,
  )
}

function scale(name: string | undefined): Scale | undefined {
  if (name === undefined || Object.hasOwn(amounts, name)) return name as Scale | undefined
  throw new Refusal(`scale is ${Object.keys(amounts).join(', ')}, not ${JSON.stringify(name)}`)
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= least) return number
  throw new Refusal(`${name} is a whole number from ${least}, not ${JSON.stringify(text)}`)
}
