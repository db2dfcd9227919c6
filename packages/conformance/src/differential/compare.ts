import { createStore, type Driver, guarantees, isStoreError } from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { ensure, outcome } from '../assert.ts'
import { equalBytes, filled, printBytes, utf8 } from '../bytes.ts'
import { collect } from '../collect.ts'
import { eachAtOnce } from '../each-at-once.ts'
import type { Lab } from '../lab.ts'
import type { ByteStore } from '../subject.ts'
import { together } from '../together.ts'
import type { FastPath, Probe, Row, Seeded } from './row.ts'

/** Keys that are hard to tell apart, with values from none to several chunks. */
const SEEDS: readonly (readonly [key: string, value: Uint8Array])[] = [
  ['a', utf8('value of a')],
  ['a/b', utf8('')],
  ['a0', filled(1, 0)],
  ['A', utf8('another')],
  ['%2f', utf8('percent')],
  ['deep/er/key', filled(70_000, 3)],
  ['é', utf8('accent')],
  ['ﬀ', utf8('\uffff')],
  ['😀', filled(300, 255)],
  ['z z', utf8('last')],
]

const MISSING = ['missing', 'deep/er', 'a/', 'ab', '.', 'Z', '\u{10ffff}']

/** Rejects the case unless a driver's method gives what the store gives without it. */
export async function compare(lab: Lab, method: FastPath, row: Row): Promise<void> {
  const place = await lab.open()
  const driver = driverOf(place) as Driver
  if (driver[method] === undefined) return lab.skip(`the driver has no ${method}`)
  if (method === 'keyPages' && driver.keys === undefined) return lab.skip('the driver lists in pages alone')
  const native = over(driver)
  const other = row.writes ? (driverOf(await lab.open()) as Driver) : driver
  const derived = over({ ...other, [method]: undefined }, method !== 'batch')
  const seeding = seed(lab, native)
  await together(row.writes ? [seeding, seed(lab, derived)] : [seeding])
  const seeded = await seeding
  const agree = async ([name, call]: Probe) => {
    const [one, two] = await together([told(() => call(native)), told(() => call(derived))])
    ensure(
      same(one, two),
      `${method} of the driver gives what the store gives without it`,
      `${print(one)} instead of ${print(two)}, for ${name}`,
    )
  }
  if (!row.writes) return await eachAtOnce(row.probes(seeded), agree)
  for (const probe of row.probes(seeded)) await agree(probe)
  await compareStored(over(bare(driver)), over(bare(other)), method)
}

/** A store of its own on a driver that stays open. */
function over(driver: Driver, whole = true): ByteStore {
  const { batchAtomic = false, ...declared } = driver.guarantees ?? {}
  return createStore(
    {
      ...driver,
      close: undefined,
      guarantees: { ...declared, batchAtomic: whole && batchAtomic && driver.setMany !== undefined },
    } as never,
    { allowTornReads: true },
  )
}

/** The driver with nothing that could be left out. */
function bare({ name, keyType, valueType, guarantees: declared, ...driver }: Driver): Driver {
  const { get, keys, keyPages, errorOf } = driver
  return {
    name,
    keyType,
    valueType,
    guarantees: { ...declared, batchAtomic: false },
    get,
    errorOf,
    ...(keys ? { keys } : { keyPages }),
  } as Driver
}

async function seed(lab: Lab, store: ByteStore): Promise<Seeded> {
  const entries = new Map<string, Uint8Array>()
  for (const [key, value] of SEEDS) if (await lab.put(store, key, value)) entries.set(key, value)
  const { order, reverse, batchAtomic, conditions } = guarantees(store)
  return {
    entries,
    missing: MISSING,
    ordered: order !== 'none',
    reverse,
    batchAtomic,
    ifAbsent: conditions.includes('ifAbsent'),
    deleteIfMatch: conditions.includes('deleteIfMatch'),
  }
}

async function compareStored(one: ByteStore, two: ByteStore, method: string): Promise<void> {
  const [left, right] = [new Map(await collect(one.entries())), new Map(await collect(two.entries()))]
  for (const key of new Set([...left.keys(), ...right.keys()]))
    ensure(
      same(left.get(key), right.get(key)),
      `${method} of the driver stores what the store stores without it`,
      `${print(left.get(key))} instead of ${print(right.get(key))}`,
      key,
    )
}

/** An answer, or what of an error a program acts on. */
async function told(call: () => Promise<unknown>): Promise<unknown> {
  const result = await outcome(call)
  if (result.ok) return result.value
  if (!isStoreError(result.error)) return result.error
  const { code, reason, key, failures } = result.error
  return {
    code,
    reason,
    key,
    failures: failures && [...failures].map(([failed, error]) => [failed, error.code]),
  }
}

function same(one: unknown, two: unknown): boolean {
  if (one instanceof Uint8Array && two instanceof Uint8Array) return equalBytes(one, two)
  if (Array.isArray(one) && Array.isArray(two))
    return one.length === two.length && one.every((item, index) => same(item, two[index]))
  if (isRecord(one) && isRecord(two))
    return Object.keys({ ...one, ...two }).every(name => same(one[name], two[name]))
  return Object.is(one, two)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  )
}

/** Longest text that a message shows whole. */
const SHOWN = 60

function print(value: unknown): string {
  const shortened = (_: string, part: unknown) => {
    if (part instanceof Uint8Array) return printBytes(part)
    return typeof part === 'string' && part.length > SHOWN ? `${part.slice(0, SHOWN)} …` : part
  }
  return JSON.stringify(value, shortened) ?? 'undefined'
}
