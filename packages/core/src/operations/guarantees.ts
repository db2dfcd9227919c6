import type { Guarantees } from '../driver.ts'
import type { AnyReader } from '../store.ts'
import { viewBehind } from '../view/over.ts'

/** What a store promises beyond the contract, after its transforms: frozen, constant, plain JSON. */
export function guarantees(store: AnyReader): Guarantees {
  return viewBehind(store).guarantees
}
