import type { ReadOptions } from '@kvdol/core'
import { call, given, isPromise, opened, type Resource, retry, staging } from '@kvdol/core/adapter'
import { errorOf, isLost } from '../errors.ts'
import type { Settings } from '../options.ts'
import { gate } from './gate.ts'
import { connectionLost } from './protocol.ts'
import { type Remote, remoteOf } from './remote.ts'
import { givenSession, type Session } from './session.ts'

/** The one connection of a store, opened when it is first needed and again when it has ended. */
export interface Pool {
  /** Something that changes nothing, and is done again over a new connection when this one ends. */
  reading<T>(options: ReadOptions, work: (remote: Remote) => Promise<T>): Promise<T>
  /** Something that may change the store. */
  writing<T>(options: ReadOptions, work: (remote: Remote) => Promise<T>): Promise<T>
  /** The same for what lasts as long as the caller likes, and so takes no place among those that wait for each other. */
  opening<T>(options: ReadOptions, work: (remote: Remote) => Promise<T>): Promise<T>
  /** The connection as it is now. */
  remote(options: ReadOptions): Promise<Remote>
  close(): Promise<void>
}

/** How often a read is tried whose connection ends. */
const ATTEMPTS = 3

export function poolOf(settings: Settings): Pool {
  const { timeout, concurrency, client } = settings
  const run = gate(concurrency)
  const sessions = client === undefined ? own(settings) : given(givenSession(client, timeout))

  async function remote({ signal }: ReadOptions): Promise<Remote> {
    // Opening has a deadline of its own, and is shared with other calls.
    const opening = sessions.get()
    const session = isPromise(opening)
      ? await call(() => opening, { timeout: Number.POSITIVE_INFINITY, signal })
      : opening
    if (!session.isOpen()) {
      sessions.lost(session)
      throw connectionLost(false)
    }
    return remoteOf(session, signal)
  }

  const opening: Pool['opening'] = async (options, work) => {
    const policy = { attempts: ATTEMPTS, when: isLost, signal: options.signal }
    return await retry(async () => work(await remote(options)), policy)
  }

  return {
    remote,
    opening,
    reading: (options, work) => run(() => opening(options, work)),
    writing: (options, work) => run(async () => work(await staging(errorOf, () => remote(options)))),
    close: () => sessions.close(),
  }
}

function own(settings: Settings): Resource<Session> {
  const sessions: Resource<Session> = opened(
    async () => {
      // Together with the libraries, which need not be loaded before.
      const { connect } = await import('./connect.ts')
      const session = await connect(settings)
      session.onEnd(() => sessions.lost(session))
      return session
    },
    session => session.end(),
  )
  return sessions
}
