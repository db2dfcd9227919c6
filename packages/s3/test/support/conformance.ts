import { conformance, type Scale, type Subject, type Variant, variants } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { afterAll, describe, it } from 'vitest'
import type { BucketOptions } from '../../src/index.ts'
import { adminOf, connectionOf, newBucket } from './server.ts'
import { subject } from './subject.ts'

/** Clauses whose cases count what is open or asked for, and so run by themselves. */
const ALONE: ReadonlySet<string> = new Set(['L5', 'L6', 'S4', 'C3'])

/** The kit as tests, or those for some clauses. They wait more than they compute, so they run side by side. */
export function declareKit(tried: Subject, clauses = /./): void {
  for (const { name, clause, run, timeout } of conformance(tried).filter(each => clauses.test(each.clause)))
    if (ALONE.has(clause)) it(name, run, timeout)
    else it.concurrent(name, run, timeout)
}

/** The subject as it is; in all variants in the long run of the tests. */
export function chosen(tried: Subject): Variant[] {
  const all = variants(tried)
  return process.env.KVDOL_TEST_VARIANTS === 'all' ? all : all.slice(0, 1)
}

/** The kit on a real server, in a bucket of its own; the long run of the tests has it at the usual scale in any case. */
export async function conformanceOn(
  preset: 'minio' | 'versitygw',
  options: BucketOptions & { readonly keys: 'plain' | 'encoded' },
  scale: Scale = 'quick',
): Promise<void> {
  await withService(preset, async url => {
    const admin = adminOf(url)
    const place = newBucket(admin)
    const connection = { ...connectionOf(url, preset), preset }
    afterAll(async () => {
      await place.remove()
      admin.destroy()
    }, 60_000)
    const name = `${options.keys} keys on ${preset}`
    const tried = await subject({ name, bucket: place.name, connection, options, admin })
    const scaled = process.env.KVDOL_TEST_VARIANTS === 'all' ? tried : { ...tried, scale }
    describe.each(chosen(scaled))('$name', variant => declareKit(variant))
  })
}
