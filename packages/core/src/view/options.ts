import type { Condition, Guarantees } from '../driver.ts'
import { StoreError } from '../error.ts'
import { printValue } from '../print-key.ts'

const words = (text: string) => text.split(' ')
const LIST = 'signal prefix from after before reverse limit'
const MANY = 'signal concurrency'

/** Names of the options of each method that takes more than `signal`. */
const TAKES: Record<string, readonly string[]> = {
  createStore: words('allowTornReads'),
  set: words('signal ifAbsent ifMatch transfer'),
  delete: words('signal ifMatch'),
  keys: words(LIST),
  children: words('signal prefix'),
  entries: words(`${LIST} concurrency`),
  values: words(`${LIST} concurrency`),
  getMany: words(MANY),
  setMany: words(`${MANY} transfer`),
  deleteMany: words(MANY),
  clear: words(MANY),
  writeStream: words('signal ifAbsent ifMatch size'),
  rename: words('signal ifAbsent'),
}

const flag = [(value: unknown) => typeof value === 'boolean', 'true or false'] as const
const whole = (least: number) =>
  [
    (value: unknown) =>
      value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= least),
    `a whole number from ${least}, or Infinity`,
  ] as const

/** What the values of some options have to be. */
const VALUES: Record<string, readonly [(value: unknown) => boolean, string]> = {
  signal: [value => typeof (value as AbortSignal | null)?.addEventListener === 'function', 'an AbortSignal'],
  ifAbsent: flag,
  // Given as undefined it would turn a conditional write into an unconditional one.
  ifMatch: [
    value => typeof value === 'string' && value !== '',
    'an etag from stat; leave it out to write anyway',
  ],
  transfer: flag,
  allowTornReads: flag,
  reverse: flag,
  limit: whole(0),
  concurrency: whole(1),
  size: [value => Number.isSafeInteger(value) && (value as number) >= 0, 'a whole number of bytes'],
}

/** Refuses options that the method does not know or that make no sense, whatever the store can do. */
export function checkOptions(op: string, options: unknown, writeOptions: readonly string[] = []): void {
  const takes = TAKES[op] ?? ['signal']
  if (Object.prototype.toString.call(options) !== '[object Object]')
    throw invalid(`the options are an object${hint(options, takes)}, not ${printValue(options)}`)
  const given = options as Record<string, unknown>
  for (const name of Object.keys(given)) {
    const value = given[name]
    if (value === undefined && name !== 'ifMatch') continue
    const own = op === 'set' || op === 'writeStream' ? writeOptions : []
    if (!takes.includes(name) && !own.includes(name))
      throw new StoreError('Unsupported', `no option ${name} here; there is ${[...takes, ...own].join(', ')}`)
    const [valid, wanted] = VALUES[name] ?? []
    if (valid?.(value) === false) throw invalid(`${name} is ${wanted}, not ${printValue(value)}`)
  }
  if (given.ifAbsent === true && given.ifMatch !== undefined)
    throw invalid('ifAbsent and ifMatch contradict each other')
}

/** Refuses conditions that the store cannot keep. Nothing is ignored. */
export function assertSupported(
  { conditions }: Guarantees,
  op: string,
  { ifAbsent, ifMatch }: { ifAbsent?: unknown; ifMatch?: unknown },
): void {
  if (ifAbsent === true) assertCondition('ifAbsent')
  if (ifMatch !== undefined) assertCondition(op === 'delete' ? 'deleteIfMatch' : 'ifMatch')

  function assertCondition(condition: Condition): void {
    if (!conditions.includes(condition))
      throw new StoreError('Unsupported', `this store cannot do ${condition} without a race`)
  }
}

/** A text in place of the options of a listing is a prefix that was meant. */
function hint(options: unknown, takes: readonly string[]): string {
  return typeof options === 'string' && takes.includes('prefix') ? `, { prefix: ${printValue(options)} }` : ''
}

export function invalid(detail: string): StoreError {
  return new StoreError('InvalidArgument', detail)
}
