/** `did you mean keys? ` when one of the names differs from this one by a slip, else nothing. */
export function nearest(name: string, names: readonly string[]): string {
  let best: string | undefined
  let least = Math.ceil(name.length / 3) + 1
  for (const other of names) {
    if (Math.abs(other.length - name.length) >= least) continue
    const distance = editsBetween(name.toLowerCase(), other.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = other
  }
  return best === undefined ? '' : `did you mean ${best}? `
}

/** How many characters are added, left out or replaced between the two. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
