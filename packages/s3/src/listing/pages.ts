import type { DriverListOptions } from '@kvdol/core'
import type { BucketContext } from '../context.ts'
import { isInternal } from '../naming/naming.ts'
import { answers, nameIn } from './answers.ts'

/** S3 lists no more keys at once. */
export const PAGE = 1000

/** The keys, page by page: one request for each, and none that nobody asks for. */
export async function* keyPages(
  context: BucketContext,
  { prefix = '', from, after, limit = Number.POSITIVE_INFINITY, signal }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const { naming, settings } = context
  const head = naming.headOf(prefix)
  if (head === undefined || limit === 0) return
  const start = after ?? (from && below(from))
  const floor = start === undefined ? '' : (naming.floorOf?.(start) ?? '')
  const wanted = { head, floor, pageSize: Math.min(PAGE, limit), signal }
  const isBefore = after === undefined || floor === after ? () => false : notAfter(after)
  let left = limit
  for await (const { Contents: objects = [], EncodingType } of answers(context, wanted)) {
    const keys: string[] = []
    for (const { Key } of objects) {
      const name = nameIn(context, Key, EncodingType)
      const key = naming.keyOf(name)
      if (key === undefined) report(settings.onForeign, name)
      else if (key.startsWith(prefix) && !isBefore(key)) keys.push(key)
    }
    yield keys
    left -= keys.length
    if (left <= 0) return
  }
}

/** A name shortly before this one, as the server lists only what comes after the name that it is given. */
function below(key: string): string {
  const last = key.charCodeAt(key.length - 1)
  // A character beyond U+FFFF is two units.
  const shorter = key.slice(0, last >= 0xdc00 && last <= 0xdfff ? -2 : -1)
  return last > 0x21 && last < 0x7f ? `${shorter}${String.fromCharCode(last - 1)}~` : shorter
}

/** Whether a key comes before the other or is the same, by its UTF-8 bytes. */
function notAfter(other: string): (key: string) => boolean {
  const bytes = Buffer.from(other)
  return key => Buffer.compare(Buffer.from(key), bytes) <= 0
}

export function report(onForeign: ((object: { name: string }) => void) | undefined, name: string): void {
  // The marker of a folder is part of every bucket that a console has shown.
  if (name !== '' && !isInternal(name)) onForeign?.({ name })
}
