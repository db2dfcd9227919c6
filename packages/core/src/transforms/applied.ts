import { isCodec } from '../assert-codec.ts'
import { assertCalled } from '../makers.ts'
import { printValue } from '../print-key.ts'
import type { AnyReader, Transform } from '../store.ts'
import { viewBehind } from '../view/over.ts'

type AnyTransform = Transform<AnyReader, AnyReader>

/** Refuses what is no transform, and says what was probably meant. */
export function assertTransforms(of: string, transforms: readonly AnyTransform[]): void {
  for (const [index, transform] of transforms.entries()) {
    const which = `transform ${index + 1} of ${of}`
    assertCalled(transform, which)
    if (typeof transform !== 'function')
      throw new TypeError(
        isCodec(transform)
          ? `${which} is a codec; give it to mapValues or mapKeys`
          : `${which} is ${printValue(transform)}, not a function from store to store`,
      )
  }
}

/** The store with the transforms on top, the first closest to the backend. */
export function applied(of: string, store: AnyReader, transforms: readonly AnyTransform[]): AnyReader {
  viewBehind(store)
  return transforms.reduce((below, transform, index) => {
    const result: unknown = transform(below)
    if (typeof result === 'object' && result !== null && !(result instanceof Promise))
      return result as AnyReader
    throw new TypeError(`transform ${index + 1} of ${of} gave ${printValue(result)}, not a store`)
  }, store)
}
