const makers = new WeakSet<object>()

type Made = (...args: never[]) => unknown

/**
 * Notes functions that make a codec or a transform, so that one that was given without being called is recognised. A
 * published file has the function as the only method of an object, which keeps its name when it is minified.
 */
export function maker<F extends Made>(made: F | { readonly [name: string]: F }): F {
  const noted = typeof made === 'function' ? made : (Object.values(made)[0] as F)
  makers.add(noted)
  return noted
}

/** Refuses such a function where what it makes is wanted. */
export function assertCalled(value: unknown, place: string): void {
  if (typeof value === 'function' && makers.has(value))
    throw new TypeError(`${place}: ${value.name} was not called; write ${value.name}()`)
}
