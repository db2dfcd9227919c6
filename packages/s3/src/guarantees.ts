import type { Guarantees } from '@kvdol/core'
import type { BucketContext } from './context.ts'

/** What a store of a bucket promises. */
export function guaranteesOf({ bucket, naming, settings }: BucketContext): Partial<Guarantees> {
  const { order } = settings.service
  return {
    // Directory buckets of AWS list in no order.
    order: naming.floorOf !== undefined && !bucket.endsWith('--x-s3') ? order : 'none',
    durability: 'power-loss',
    conditions: settings.conditions,
    multiProcess: true,
    maxKeyBytes: naming.maxKeyBytes,
    rejects: naming.rejects,
  }
}
