const makers = new WeakSet<object>()

/** Notes functions that make a codec or a transform, so that one that was given without being called is recognised. */
export function maker<F extends (...args: never[]) => unknown>(made: F): F {
  makers.add(made)
  return made
}

/** Refuses such a function where what it makes is wanted. */
export function assertCalled(value: unknown, place: string): void {
  if (typeof value === 'function' && makers.has(value))
    throw new TypeError(`${place}: ${value.name} was not called; write ${value.name}()`)
}
