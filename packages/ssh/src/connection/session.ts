import type { Duplex } from 'node:stream'
import { connectionLost, type SftpClient, type SftpProtocol, silence } from './protocol.ts'

/** One connection, as long as it lasts. */
export interface Session {
  readonly sftp: SftpProtocol
  readonly isOpen: () => boolean
  /** Calls back once, when the connection has ended. */
  readonly onEnd: (callback: () => void) => void
  /**
   * Waits for an answer: `fail` is called when the connection ends or the answer does not come in time. What is given
   * back says that it has come.
   */
  readonly expect: (fail: (error: Error) => void) => () => void
  readonly end: () => Promise<void>
}

interface Pending {
  readonly fail: (error: Error) => void
  readonly until: number
}

/** A connection of our own. */
interface Own {
  readonly socket: Duplex
  readonly end: () => Promise<void>
}

/**
 * Follows a connection on which every answer comes within `timeout` milliseconds. One of our own that stays silent is
 * ended, since the others wait in vain too.
 */
export function sessionOf(sftp: SftpProtocol, timeout: number, own?: Own): Session {
  let open = true
  let watching = false
  let corked = own === undefined
  const callbacks: (() => void)[] = []
  // The oldest first. One timer for all of them is much cheaper than one for each.
  const pending = new Set<Pending>()
  const events = ['end', 'close', 'error'] as const
  for (const event of events) sftp.on(event, over)
  const session: Session = {
    sftp,
    // A client that was given may have ended before.
    isOpen: () => open && sftp.readable !== false,
    onEnd: callback => void callbacks.push(callback),
    expect(fail) {
      const entry = { fail, until: performance.now() + timeout }
      pending.add(entry)
      if (!watching) watch(timeout)
      if (!corked) gather()
      return () => pending.delete(entry)
    },
    async end() {
      over()
      // An error that comes late has nobody else to hear it.
      for (const event of events) if (event !== 'error' || own === undefined) sftp.removeListener(event, over)
      await own?.end()
    },
  }
  return session

  function over(): void {
    if (!open) return
    open = false
    for (const { fail } of pending) fail(connectionLost(true))
    pending.clear()
    for (const callback of callbacks) callback()
  }

  /** What is sent in one turn goes out together, as each packet of its own would cost a system call. */
  function gather(): void {
    corked = true
    own?.socket.cork()
    process.nextTick(() => {
      corked = false
      own?.socket.uncork()
    })
  }

  function watch(wait: number): void {
    watching = true
    // The connection keeps the process, not the timer.
    setTimeout(look, wait).unref()
  }

  function look(): void {
    watching = false
    const [oldest] = pending
    if (oldest === undefined) return
    const rest = oldest.until - performance.now()
    // An answer may have arrived while the process was too busy to take it.
    if (rest <= 0) setImmediate(giveUp, oldest)
    watch(Math.max(rest, 1))
  }

  function giveUp(entry: Pending): void {
    if (!pending.delete(entry)) return
    entry.fail(silence(timeout))
    if (own !== undefined) void session.end()
  }
}

/** The connection of a client that belongs to the caller, who ends it. */
export function givenSession(client: SftpClient, timeout: number): Session {
  return sessionOf('sftp' in client ? client.sftp : client, timeout)
}
