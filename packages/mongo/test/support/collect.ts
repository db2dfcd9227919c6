/** Everything that comes, in an array. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

/** What a call rejects with; `undefined` when it resolves. */
export async function failing(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    error => error,
  )
}
