import type { ReadOptions } from '../../store.ts'
import type { AnyView } from '../../view/any-view.ts'
import { assertWritable, own, refusal, visible } from '../../view/calls.ts'
import { dryRunOf } from '../../view/dry-run.ts'
import { viewBehind } from '../../view/over.ts'

/**
 * Throws what a `set` of this value would be refused for by this view, or by what it is over; without a value, what any
 * value would be. Nothing is written.
 */
export async function refuse(
  view: AnyView,
  key: unknown,
  value: unknown,
  options: ReadOptions,
): Promise<void> {
  const { driver } = view.source
  const inner = visible(view, key)
  assertWritable(view)
  const stored = value === undefined ? undefined : await encoded(view, key, value)
  await dryRunOf(driver)?.(inner, stored, options)
  if (driver.over !== undefined) await refuse(viewBehind(driver.over), inner, stored, options)
}

/** The value as the driver would get it. */
async function encoded(view: AnyView, key: unknown, value: unknown): Promise<unknown> {
  try {
    const accept = (_: unknown, inner: unknown) => view.source.accept(inner)
    return await view.mapping.write(key, own(view, value, {}, false), accept, undefined)
  } catch (error) {
    throw refusal(view, key, error)
  }
}
