import type { Guarantees } from '@kvdol/core'
import { guarantees } from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { printError, Violation } from './assert.ts'
import type { Case, Spent } from './case.ts'
import { withoutHook } from './check.ts'
import { conformance, seedOf } from './conformance.ts'
import { type Clause, contract } from './contract.ts'
import { type Evidence, OWN_MEANS } from './evidence.ts'
import { HOOKS, type HookName, hooksOf } from './hooks.ts'
import { type Level, levelsOf } from './levels.ts'
import type { ByteStore, Scale, Subject } from './subject.ts'
import { kitVersion } from './version.ts'
import { coreVersion, runtimeVersion } from './versions.ts'

/**
 * What became of a clause: `'passed'` all that it says of this store was tried and held; `'partly'` what was tried held,
 * and a hook is missing for the rest; `'not tried'` for the reasons among `skips`; `'failed'`.
 */
export type Verdict = 'passed' | 'partly' | 'not tried' | 'failed'

/** A clause, also of those that need the backend's own means. */
export type AnyClause = Clause | keyof typeof OWN_MEANS

/** The result of a run, as plain JSON, to be shipped with an adapter. `certificate.schema.json` describes it. */
export interface Certificate {
  /** The version of this form. */
  readonly schema: 1
  /** The version of this kit. */
  readonly kit: string
  /** The version of core, where it can be found out. */
  readonly core: string | null
  /** The runtime and its version: `'node 22.11.0 on linux'`. */
  readonly runtime: string
  /** The backend and its version, as given: `'PostgreSQL 17.2'`. */
  readonly backend: string | null
  /** The subject's name. */
  readonly subject: string
  /** The driver's name; `null` when no store could be opened. */
  readonly driver: string | null
  /** The adapter's version, if it was given. */
  readonly version: string | null
  readonly guarantees: Guarantees | null
  /** When the run began, in ISO 8601. */
  readonly date: string
  readonly seed: number
  readonly scale: Scale
  readonly passed: boolean
  /** How far it goes. */
  readonly levels: readonly Level[]
  readonly hooks: {
    readonly given: readonly HookName[]
    /** Those that the subject has not, and what they would prove. */
    readonly missing: Readonly<Partial<Record<HookName, string>>>
  }
  readonly clauses: Readonly<Partial<Record<AnyClause, Verdict>>>
  /** What was proved beside the cases: with real processes, or by the adapter's own tests. */
  readonly evidence: readonly Evidence[]
  /** What failed: the name of the case, and why. */
  readonly failures: readonly { readonly case: string; readonly message: string }[]
  /** What was skipped: the name of the case, and why. */
  readonly skips: readonly { readonly case: string; readonly reason: string }[]
  /** What it took, for all cases together. */
  readonly spent: Spent
  /** Places that were opened and not removed, for want of `remove`. */
  readonly left: number
}

/** What became of one case. */
export interface CaseResult {
  readonly name: string
  readonly clause: Clause
  readonly failure?: string
  readonly skip?: string
  readonly spent: Spent
}

/** What a certificate says beside the results, and how the cases are run. */
export interface CertifyOptions {
  /** The adapter's version. */
  readonly version?: string
  /** The backend and its version: `'PostgreSQL 17.2'`. */
  readonly backend?: string
  /** What the functions of `@kvdol/conformance/node` resolved to, and what the adapter's own tests prove. */
  readonly evidence?: readonly Evidence[]
  /** How many cases run at once, each on places of its own; some always run by themselves. @default 1 */
  readonly concurrency?: number
  /** Told of each case when it has ended. */
  readonly onCase?: (result: CaseResult) => void
  /** Ends the run: cases under way go on to their ends and remove their places, and then the call rejects. */
  readonly signal?: AbortSignal
}

/**
 * Runs the whole contract on a store, case after case, and tells the result of each clause.
 *
 * @example
 * ```ts
 * await writeFile('certificate.json', JSON.stringify(await certify(subject, { version }), null, 2))
 * ```
 */
export async function certify(subject: Subject, options: CertifyOptions = {}): Promise<Certificate> {
  const { version = null, backend = null, evidence = [], concurrency = 1, onCase, signal } = options
  const date = new Date().toISOString()
  const seed = seedOf(subject)
  const noted = new Noted(subject)
  const results = await runAll(conformance({ ...noted.subject, seed }), concurrency, onCase, signal)
  const failures = results.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [{ case: name, message: failure }],
  )
  const { driver, guarantees: declared, left } = noted
  const { given, missing } = hooksOf(subject)
  const passed = failures.length === 0
  return {
    schema: 1,
    kit: kitVersion,
    core: coreVersion(),
    runtime: runtimeVersion(),
    backend,
    subject: subject.name ?? driver ?? 'store',
    driver,
    version,
    guarantees: declared,
    date,
    seed,
    scale: subject.scale ?? 'quick',
    passed,
    levels: levelsOf({ passed, given, evidence, guarantees: declared }),
    hooks: { given, missing: Object.fromEntries(missing.map(name => [name, HOOKS[name]])) },
    clauses: { ...verdicts(results), ...ownMeans(evidence) },
    evidence,
    failures,
    skips: results.flatMap(({ name, skip }) => (skip === undefined ? [] : [{ case: name, reason: skip }])),
    spent: {
      milliseconds: Date.now() - Date.parse(date),
      requests: results.reduce((sum, { spent }) => sum + spent.requests, 0),
    },
    left,
  }
}

/** The subject, whose first store tells what is tried, and whose places are counted. */
class Noted {
  readonly subject: Subject
  driver: string | null = null
  guarantees: Guarantees | null = null
  left = 0

  constructor(subject: Subject) {
    const { open, remove } = subject
    this.subject = {
      ...subject,
      open: async () => {
        const store = await open.call(subject)
        this.#note(store)
        return store
      },
      ...(remove && {
        remove: async store => {
          await remove.call(subject, store)
          this.left--
        },
      }),
    }
  }

  #note(store: ByteStore): void {
    this.left++
    if (this.driver !== null || typeof store?.get !== 'function') return
    try {
      this.guarantees = guarantees(store)
      this.driver = driverOf(store).name
    } catch {
      // The first case says what it is instead.
    }
  }
}

/** Runs the cases, `concurrency` at once, and gives their results in the order of the cases. */
async function runAll(
  cases: readonly Case[],
  concurrency: number,
  onCase?: (result: CaseResult) => void,
  signal?: AbortSignal,
): Promise<CaseResult[]> {
  const results = new Map<Case, CaseResult>()
  const run = async (queue: Iterator<Case>) => {
    for (let next = queue.next(); !next.done && signal?.aborted !== true; next = queue.next()) {
      const result = await tryOut(next.value)
      results.set(next.value, result)
      onCase?.(result)
    }
  }
  // The first one looks at `open`; without it nothing else is worth a try.
  const [first, ...rest] = cases
  await run([first as Case].values())
  const together = rest.filter(({ alone }) => !alone).values()
  await Promise.all(Array.from({ length: concurrency }, () => run(together)))
  await run(rest.filter(({ alone }) => alone).values())
  signal?.throwIfAborted()
  return cases.map(each => results.get(each) as CaseResult)
}

/** Runs a case outside of a runner. */
export async function tryOut({ name, clause, run }: Case): Promise<CaseResult> {
  let [skip, spent]: [string | undefined, Spent] = [undefined, { milliseconds: 0, requests: 0 }]
  let failure: string | undefined
  try {
    await run({
      skip(reason = 'no reason given') {
        skip = reason
      },
      spent(told) {
        spent = told
      },
    })
  } catch (error) {
    failure = error instanceof Violation ? error.message : printError(error)
  }
  return {
    name,
    clause,
    spent,
    ...(skip !== undefined && { skip }),
    ...(failure !== undefined && { failure }),
  }
}

function verdicts(results: readonly CaseResult[]): Partial<Record<Clause, Verdict>> {
  const found: Partial<Record<Clause, Verdict>> = {}
  for (const clause of Object.keys(contract) as Clause[]) {
    const own = results.filter(result => result.clause === clause)
    if (own.length > 0) found[clause] = verdict(own)
  }
  return found
}

const MISSING: ReadonlySet<string> = new Set((Object.keys(HOOKS) as HookName[]).map(withoutHook))

function verdict(own: readonly CaseResult[]): Verdict {
  if (own.some(({ failure }) => failure !== undefined)) return 'failed'
  if (own.every(({ skip }) => skip !== undefined)) return 'not tried'
  return own.some(({ skip }) => skip !== undefined && MISSING.has(skip)) ? 'partly' : 'passed'
}

/** Of clauses that need the backend's own means, what the evidence says. */
function ownMeans(evidence: readonly Evidence[]): Partial<Record<keyof typeof OWN_MEANS, Verdict>> {
  const proved = new Set(evidence.map(({ clause }) => clause))
  return Object.fromEntries(
    Object.keys(OWN_MEANS).map(clause => [clause, proved.has(clause) ? 'passed' : 'not tried']),
  )
}
