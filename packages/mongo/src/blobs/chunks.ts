/** Bytes of one document of GridFS: the size that its specification recommends. */
export const CHUNK_BYTES = 255 * 1024

/** Collects what comes in groups of `size`. */
export async function* inGroups<T>(
  source: AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[], void, undefined> {
  let group: T[] = []
  for await (const item of source) {
    if (group.push(item) < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
