import { driverOf } from '../../../src/adapter.ts'
import { type ByteStore, createStore, memory, type WritableDriver } from '../../../src/index.ts'

/** A memory that notes which of its methods are called without a signal. */
export function signalled({
  conditions = true,
  order = 'insertion',
}: {
  conditions?: boolean
  order?: 'insertion' | 'utf8-bytes'
} = {}): { readonly store: ByteStore; readonly without: string[] } {
  const without: string[] = []
  const driver = driverOf(memory({ order })) as unknown as WritableDriver
  const noting = Object.fromEntries(
    Object.entries(driver).map(([name, fact]) => [
      name,
      typeof fact !== 'function' || name === 'close'
        ? fact
        : (...args: unknown[]) => {
            const options = args.at(-1) as { readonly signal?: AbortSignal } | undefined
            if (options?.signal === undefined) without.push(name)
            return fact(...args)
          },
    ]),
  )
  const store = createStore({
    ...(noting as unknown as WritableDriver),
    name: 'signalled',
    guarantees: { ...driver.guarantees, ...(!conditions && { conditions: [] }) },
  })
  return { store, without }
}
