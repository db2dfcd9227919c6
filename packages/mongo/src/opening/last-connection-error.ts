/** What is looked at of a client: the driver keeps for each server why it could not be reached. */
interface Servers {
  readonly topology?: {
    readonly description?: { readonly servers?: ReadonlyMap<string, { readonly error?: unknown }> }
  }
}

/**
 * Why the client of a collection or a database reaches no server, as the driver itself tells when its own time is up;
 * `undefined` when it reaches one, or nothing is known.
 */
export function lastConnectionError(target: unknown): Error | undefined {
  const { db, client = db?.client ?? target } = Object(target) as {
    client?: unknown
    db?: { client?: unknown }
  }
  const description = (Object(client) as Servers).topology?.description
  const servers = [...(description?.servers?.values() ?? [])]
  const [last] = servers.map(({ error }) => error)
  if (!(last instanceof Error) || !servers.every(({ error }) => error instanceof Error)) return undefined
  return Object.assign(new Error(last.message, { cause: last }), {
    name: 'MongoServerSelectionError',
    reason: description,
  })
}
