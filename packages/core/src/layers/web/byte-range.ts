/** From `start` up to but not including `end`. */
export interface Part {
  readonly start: number
  readonly end: number
}

/**
 * The part of a value of `size` bytes that a `Range` header asks for; `'unsatisfiable'` where the value has no such bytes.
 * `undefined`, for the whole value, where there is no header, or one that servers may ignore: of another unit, of several
 * ranges, or none that makes sense (RFC 9110, section 14.2).
 */
export function byteRange(header: string | null, size: number): Part | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  if (first === '') {
    const length = Number(last)
    if (length === 0) return 'unsatisfiable'
    // The end of nothing is all of it, which no `Content-Range` can say.
    return size === 0 ? undefined : { start: Math.max(0, size - length), end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(size, Number(last) + 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}
