import { type ErrorCode, isStoreError, type StoreError } from '@kvdol/core'
import { printKey } from '@kvdol/core/adapter'
import { equalBytes, printBytes } from './bytes.ts'

/** What a case rejects with: what the contract wants, what was found instead, and for which key. */
export class Violation extends Error {
  override readonly name = 'Violation'
  /** What was found can never be right, also not where writes are seen later (N3): the case is not tried again. */
  strict = false
  /** What is usually behind it, where that is something else than for other breaches of the clause. */
  often: string | undefined

  constructor(wants: string, got: string, key?: unknown, cause?: unknown) {
    const where = key === undefined ? '' : `\n  key:   ${printKey(key)}`
    super(
      `the contract is broken\n  wants: ${wants}\n  got:   ${got}${where}`,
      cause === undefined ? {} : { cause },
    )
  }
}

/** Rejects the case unless `condition` holds. */
export function ensure(condition: boolean, wants: string, got: string, key?: unknown): asserts condition {
  if (!condition) throw new Violation(wants, got, key)
}

/** The same for what data depends on, and what no waiting excuses. */
export function ensureStrictly(
  condition: boolean,
  wants: string,
  got: string,
  key?: unknown,
): asserts condition {
  if (!condition) throw Object.assign(new Violation(wants, got, key), { strict: true })
}

/** Rejects the case unless both are the same value. */
export function expectSame(actual: unknown, expected: unknown, wants: string, key?: unknown): void {
  ensure(Object.is(actual, expected), wants, `${print(actual)} instead of ${print(expected)}`, key)
}

/** Rejects the case unless both hold the same bytes, or both are `undefined`. */
export function expectBytes(
  actual: Uint8Array | undefined,
  expected: Uint8Array | undefined,
  wants: string,
  key?: unknown,
): void {
  const same =
    actual === undefined || expected === undefined
      ? actual === expected
      : isBytes(actual) && equalBytes(actual, expected)
  ensure(same, wants, `${print(actual)} instead of ${print(expected)}`, key)
}

/** Rejects the case unless `actual` has exactly the `expected` keys, each once, in any order. */
export function expectKeys(actual: readonly string[], expected: Iterable<string>, wants: string): void {
  const wanted = new Set(expected)
  const seen = new Set<string>()
  for (const key of actual) {
    ensure(!seen.has(key), wants, 'a key that is listed twice', key)
    ensure(wanted.has(key), wants, 'a key that was never set, or is set no more', key)
    seen.add(key)
  }
  for (const key of wanted)
    ensure(seen.has(key), wants, `a listing of ${seen.size} keys without this one`, key)
}

/** Rejects the case unless the call rejects a `StoreError` with one of the codes; gives that error. */
export async function expectRejects(
  call: () => Promise<unknown>,
  codes: ErrorCode | readonly ErrorCode[],
  wants: string,
  key?: unknown,
): Promise<StoreError> {
  const allowed = typeof codes === 'string' ? [codes] : codes
  const result = await outcome(call)
  ensure(!result.ok, wants, `no rejection; it resolved to ${result.ok ? print(result.value) : ''}`, key)
  const { error } = result
  if (isStoreError(error, ...allowed)) return error
  if (error instanceof Violation) throw error
  throw new Violation(wants, `${printError(error)} instead of ${allowed.join(' or ')}`, key, error)
}

/** What became of a call. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown }

/** Waits for a call and tells what became of it; a synchronous throw breaks the contract. */
export async function outcome<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  let promise: Promise<T>
  try {
    promise = call()
  } catch (error) {
    throw new Violation(
      'methods reject and never throw synchronously (C9)',
      `a thrown ${printError(error)}`,
      undefined,
      error,
    )
  }
  try {
    return { ok: true, value: await promise }
  } catch (error) {
    return { ok: false, error }
  }
}

/** Rejects the case when `promise` does not settle in time: for calls that must not hang. */
export async function settles<T>(promise: Promise<T>, wants: string, milliseconds = 5000): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Violation(wants, `nothing within ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** How many causes of an error are told. */
const CAUSES = 4

/** An error for a message, with its causes. */
export function printError(error: unknown, causes: number = CAUSES): string {
  if (!(error instanceof Error)) return print(error)
  const own = isStoreError(error)
    ? `StoreError ${error.code}${error.reason === undefined ? '' : ` (${error.reason})`}: ${error.detail}`
    : `${error.name}: ${error.message}`
  return error.cause === undefined || causes === 0
    ? own
    : `${own}; caused by ${printError(error.cause, causes - 1)}`
}

function print(value: unknown): string {
  if (value instanceof Uint8Array) return printBytes(value)
  return typeof value === 'string' || (typeof value === 'object' && value !== null)
    ? printKey(value)
    : String(value)
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}
