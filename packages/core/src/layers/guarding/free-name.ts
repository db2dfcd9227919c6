import type { Reader, ReadOptions } from '../../store.ts'

/** The first name that is free, from the one with this number on; 0 is the key itself. */
export async function freeName(
  store: Reader<string, unknown>,
  key: string,
  from: number,
  options: ReadOptions,
): Promise<{ name: string; number: number }> {
  for (let number = from; ; number++) {
    const name = number === 0 ? key : numbered(key, number)
    if (!(await store.has(name, options))) return { name, number }
  }
}

/** `notes/a.b.txt` as `notes/a.b (1).txt`. The dot that a hidden name begins with begins no extension. */
function numbered(key: string, number: number): string {
  const start = key.lastIndexOf('/') + 1
  const dot = key.lastIndexOf('.')
  const end = dot > start ? dot : key.length
  return `${key.slice(0, end)} (${number})${key.slice(end)}`
}
