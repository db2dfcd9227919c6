/** A clock that is set by hand, in milliseconds. */
export function handClock(begin = 1_000_000) {
  let time = begin
  return {
    now: () => time,
    set(to: number) {
      time = to
    },
    pass(by: number) {
      time += by
    },
  }
}
