import type { AnyReader } from '../../store.ts'

/** Closes all stores, also when one fails; rejects with the first failure then. */
export async function closeAll(stores: Iterable<AnyReader>): Promise<void> {
  const closed = await Promise.allSettled([...stores].map(store => store.close()))
  const failed = closed.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
  if (failed !== undefined) throw failed.reason
}
