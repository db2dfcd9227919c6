import { createStore, type ReadOptions, type Store, type WritableDriver } from '../../../src/index.ts'
import { viewBehind } from '../../../src/view/over.ts'

type Method = (key: string, value: never, options: ReadOptions) => unknown

/** A store that notes what its driver is asked, and does what is put in place of a method first. */
export function spied(store: Store<string, Uint8Array>) {
  const { driver } = viewBehind(store).source
  const calls: string[] = []
  const before: Record<string, Method | undefined> = {}
  const spies = Object.fromEntries(
    ['get', 'has', 'stat', 'set', 'delete', 'setMany', 'deleteMany', 'close'].flatMap(name => {
      const method = (driver as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>)[
        name
      ]
      if (method === undefined && name !== 'close') return []
      const spy = (...args: unknown[]) => {
        calls.push(typeof args[0] === 'string' ? `${name} ${args[0]}` : name)
        const first = before[name] as ((...args: unknown[]) => unknown) | undefined
        const done = first?.(...args)
        return done instanceof Promise ? done.then(() => method?.(...args)) : method?.(...args)
      }
      return [[name, spy]]
    }),
  )
  const { getWithStat: _, ...rest } = driver as unknown as WritableDriver
  return { store: createStore({ ...rest, ...spies }), calls, before }
}
