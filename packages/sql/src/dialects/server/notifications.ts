import { call, retry, watchers } from '@kvdol/core/adapter'
import type { AnyPool, ServerLibrary, ServerSettings } from './library.ts'

/** The time between two questions whether the connection is still there, in milliseconds. */
const BEAT = 10_000

interface Listening {
  readonly channel: string
  readonly signal: AbortSignal | undefined
  /** Throws the store's error for one of the library. */
  explain(error: unknown): never
}

/**
 * What is told on a channel, on a connection that is kept for it: one of the pool that was passed in, or a further one of
 * our own. A connection that is lost is opened again, and then something may have been missed.
 */
export async function* notifications<P extends AnyPool, C>(
  library: ServerLibrary<P, C>,
  server: string | P,
  settings: ServerSettings,
  { channel, signal, explain }: Listening,
): AsyncGenerator<readonly (string | undefined)[], void, undefined> {
  const { timeout } = settings
  const { tell, miss, watch } = watchers<string>()
  const end = new AbortController()
  const pool =
    typeof server === 'string' ? await library.open(server, { ...settings, connections: 1 }) : server
  let client: C | undefined
  let failed: unknown
  const beat = setInterval(() => void look(), BEAT)
  try {
    await connect()
    yield* watch({ signal: AbortSignal.any([end.signal, ...(signal ? [signal] : [])]) })
    if (failed !== undefined) throw failed
  } finally {
    end.abort()
    clearInterval(beat)
    drop()
    if (pool !== server) await pool.end()
  }

  async function connect(): Promise<void> {
    try {
      const release = (broken: C) => library.release(broken, true)
      const connected = await call(() => library.connect(pool), { timeout, signal, release })
      const listening = () => library.listen?.(connected, channel, tell, () => lost(connected))
      await call(async () => await listening(), { timeout, signal }).catch((error: unknown) => {
        release(connected)
        throw error
      })
      client = connected
      if (end.signal.aborted) drop()
    } catch (error) {
      explain(error)
    }
  }

  /** Others must not get a connection that listens. */
  function drop(): void {
    if (client !== undefined) library.release(client, true)
    client = undefined
  }

  function lost(connection: C | undefined): void {
    if (connection !== client || end.signal.aborted) return
    drop()
    const policy = { attempts: Number.POSITIVE_INFINITY, within: timeout, signal }
    Promise.resolve(retry(connect, policy)).then(miss, error => {
      failed = error
      end.abort()
    })
  }

  /** A connection whose other side is gone without a word is found out by asking. */
  async function look(): Promise<void> {
    const asked = client
    if (asked === undefined) return
    await call(() => library.send(asked, 'SELECT 1', []), { timeout, signal }).catch(() => lost(asked))
  }
}
