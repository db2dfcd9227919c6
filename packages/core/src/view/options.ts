import { typeName } from '../check.ts'
import type { Condition, Driver, Guarantees } from '../driver.ts'
import { StoreError } from '../error.ts'

const LIST = ['signal', 'prefix', 'after', 'limit']
const SIGNAL = ['signal']

/** Names of the options of each method that takes more than `signal`. */
const TAKES: Record<string, readonly string[]> = {
  set: ['signal', 'ifAbsent', 'ifMatch', 'transfer'],
  delete: ['signal', 'ifMatch'],
  keys: LIST,
  entries: [...LIST, 'concurrency'],
  values: [...LIST, 'concurrency'],
  getMany: ['signal', 'concurrency'],
  setMany: ['signal', 'concurrency', 'transfer'],
  deleteMany: ['signal', 'concurrency'],
  writeStream: ['signal', 'ifAbsent', 'ifMatch', 'size'],
  rename: ['signal', 'ifAbsent'],
}

const flag = [(value: unknown) => typeof value === 'boolean', 'true or false'] as const
const whole = (least: number) =>
  [
    (value: unknown) => Number.isSafeInteger(value) && (value as number) >= least,
    `a whole number from ${least}`,
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
  limit: whole(0),
  concurrency: whole(1),
  size: whole(0),
}

/** Refuses options that the method does not know, cannot honour, or that make no sense. Nothing is ignored. */
export function checkOptions(
  op: string,
  options: object,
  { writeOptions }: Pick<Driver<never, never>, 'writeOptions'>,
  { conditions }: Guarantees,
): void {
  const takes = TAKES[op] ?? SIGNAL
  for (const name of Object.keys(options)) {
    const value = (options as Record<string, unknown>)[name]
    if (value === undefined && name !== 'ifMatch') continue
    if (!takes.includes(name) && !(op === 'set' && writeOptions?.includes(name)))
      throw new StoreError('Unsupported', `no option ${name} here; there is ${takes.join(', ')}`)
    const [valid, wanted] = VALUES[name] ?? []
    if (valid?.(value) === false) throw invalid(`${name} is ${wanted}, not ${typeName(value)}`)
    const condition = (op === 'delete' && name === 'ifMatch' ? 'deleteIfMatch' : name) as Condition
    if (name.startsWith('if') && value !== false && !conditions.includes(condition))
      throw new StoreError('Unsupported', `this store cannot do ${condition} without a race`)
  }
  const { ifAbsent, ifMatch } = options as { ifAbsent?: unknown; ifMatch?: unknown }
  if (ifAbsent === true && ifMatch !== undefined) throw invalid('ifAbsent and ifMatch contradict each other')
}

export function invalid(detail: string): StoreError {
  return new StoreError('InvalidArgument', detail)
}
