/** The one of the names that differs from this one by a slip, if there is one. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const most = Math.min(3, Math.ceil(name.length / 3))
  for (let slips = 0; slips <= most; slips++) {
    const found = names.find(other => isNear(name.toLowerCase(), other.toLowerCase(), slips))
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether at most so many characters have to be added, left out or replaced. */
function isNear(a: string, b: string, slips: number): boolean {
  if (a === b) return true
  const [shortA, shortB] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return isNear(shortA, shortB, slips)
  if (slips === 0) return false
  return isNear(shortA, shortB, slips - 1) || isNear(shortA, b, slips - 1) || isNear(a, shortB, slips - 1)
}
