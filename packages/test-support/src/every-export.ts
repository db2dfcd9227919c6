import { inspect } from 'node:util'
import { isStoreError } from '@kvdol/core'

/** How an export of a package is called wrongly. */
export interface Exported<Subject> {
  /** Calls it with these options, everything else being right. */
  readonly options?: (options: unknown, subject: Subject) => unknown
  /** For each option, values that it refuses. */
  readonly bad?: Readonly<Record<string, readonly unknown[]>>
  /** Other wrong calls, each with what the message has to hold. */
  readonly refuses?: readonly (readonly [call: (subject: Subject) => unknown, message: string | RegExp])[]
  /** Why nothing can be refused. */
  readonly because?: string
}

export interface EveryExport<Subject> {
  /** The module, as `import * as` gives it. */
  readonly module: object
  readonly table: Readonly<Record<string, Exported<Subject>>>
  /** What calls work on; made for each call. */
  readonly open: () => Subject
  /** Throws when a call that was refused has changed or asked anything. */
  readonly untouched?: (subject: Subject) => unknown
}

/** What no options are, and a name that no option has. */
const NO_OPTIONS: readonly unknown[] = [null, 5, 'text', [], new Map()]
const NO_OPTION = 'nonsense'

/**
 * One test for each export of a module: that it refuses unknown options, bad values and bad arguments with a `TypeError`
 * or a `StoreError` which names the option or what is wanted, before any effect. An export without a row fails, and so
 * does a row without an export.
 *
 * @example
 * ```ts no-run="belongs into a test file"
 * for (const { name, run } of everyExport({ module, table, open: memory })) it(name, run)
 * ```
 */
export function everyExport<Subject>({
  module,
  table,
  open,
  untouched,
}: EveryExport<Subject>): { name: string; run: () => Promise<void> }[] {
  const names = [...new Set([...Object.keys(module), ...Object.keys(table)])].sort()
  return names.map(name => ({ name, run: () => run(name) }))

  async function run(name: string): Promise<void> {
    const row = Object.hasOwn(table, name) ? table[name] : undefined
    if (row === undefined) throw new Error(`there is no row for ${name} that says how it is called wrongly`)
    if (!Object.hasOwn(module, name)) throw new Error(`there is a row for ${name}, which is not exported`)
    const problems: string[] = []
    for (const [call, wanted, said] of callsOf(row)) {
      const subject = open()
      const problem = (await problemOf(() => call(subject), wanted)) ?? (await touched(subject))
      if (problem !== undefined) problems.push(`${said}: ${problem}`)
    }
    if (problems.length > 0) throw new Error(`${name}\n${problems.join('\n')}`)
  }

  async function touched(subject: Subject): Promise<string | undefined> {
    try {
      await untouched?.(subject)
      return undefined
    } catch (error) {
      return `refused too late: ${(error as Error).message}`
    }
  }
}

type Call<Subject> = readonly [call: (subject: Subject) => unknown, message: string | RegExp, said: string]

function callsOf<Subject>({ options, bad = {}, refuses = [], because }: Exported<Subject>): Call<Subject>[] {
  if ((options === undefined && refuses.length === 0) !== (because !== undefined))
    throw new Error('a row says what is refused, or because of what nothing can be')
  const calls: Call<Subject>[] = refuses.map(([call, message]) => [call, message, call.toString()])
  if (options === undefined) return calls
  const withOptions = (value: unknown, message: string): Call<Subject> => [
    subject => options(value, subject),
    message,
    inspect(value),
  ]
  return [
    ...NO_OPTIONS.map(value => withOptions(value, 'options')),
    withOptions({ [NO_OPTION]: true }, NO_OPTION),
    ...Object.entries(bad).flatMap(([name, values]) =>
      values.map(value => withOptions({ [name]: value }, name)),
    ),
    ...calls,
  ]
}

/** What is wrong with how a call is refused. */
async function problemOf(call: () => unknown, message: string | RegExp): Promise<string | undefined> {
  let error: unknown
  try {
    const result = await call()
    const iterator = Object(result)[Symbol.asyncIterator]
    if (typeof iterator !== 'function') return 'it was accepted'
    await iterator.call(result).next()
    return 'it was accepted, and the loop began'
  } catch (thrown) {
    error = thrown
  }
  if (!(error instanceof TypeError || isStoreError(error))) return `it threw ${inspect(error)}`
  const told = typeof message === 'string' ? error.message.includes(message) : message.test(error.message)
  return told ? undefined : `the message has no ${message}: ${error.message}`
}
