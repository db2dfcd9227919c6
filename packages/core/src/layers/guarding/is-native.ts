import type { DriverMethod } from '../../methods.ts'
import type { AnyReader } from '../../store.ts'
import { viewBehind } from '../../view/over.ts'
import { isHandedOn } from '../below.ts'

/** Whether a driver at the bottom, or a layer in between, has this method of its own, so that it is one call. */
export function isNative(store: AnyReader, method: DriverMethod): boolean {
  const { driver } = viewBehind(store).source
  const way = driver[method]
  if (way === undefined) return false
  return driver.over !== undefined && isHandedOn(way) ? isNative(driver.over, method) : true
}
