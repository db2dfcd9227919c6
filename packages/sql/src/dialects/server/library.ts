import { type ErrorOf, milliseconds, type SettingsOf, wholeNumber } from '@kvdol/core/adapter'
import type { DialectName, QueryResult, SqlParameter } from '../../executor.ts'

/** Options of every database that is a server. */
export const SERVER_OPTIONS = {
  /**
   * How long a statement, or getting a connection, may take, in milliseconds.
   * @default 30_000
   */
  timeout: milliseconds.or(30_000),
  /**
   * How many connections are open at most; not for a pool that was passed in.
   * @default 10
   */
  connections: wholeNumber(1, 10_000).or(10),
}

/** What is needed of every pool. */
export interface AnyPool {
  end(): Promise<void>
}

/** Options of a server with every choice made. */
export type ServerSettings = SettingsOf<typeof SERVER_OPTIONS>

/** The package that connects to a server: its pools `P` and the clients `C` that are taken out of them. */
export interface ServerLibrary<P extends AnyPool, C> {
  readonly dialect: DialectName
  readonly errorOf: ErrorOf
  /** What its addresses begin with. */
  readonly protocols: readonly string[]
  /** How its pools are called in messages. */
  readonly pools: string
  /** Whether it is such a pool, and not a single client or a pool of callbacks. */
  isPool(server: P): boolean
  /** Passwords, and addresses that hold them, of a pool that was passed in; what is no string is ignored. */
  secretsOf(pool: P): readonly unknown[]
  open(url: string, settings: ServerSettings): Promise<P>
  connect(pool: P): Promise<C>
  /** Refuses a pool that was passed in where its settings, or those of its sessions, would change values. */
  inspect?(query: (text: string) => Promise<QueryResult>, pool: P): Promise<void>
  /** Runs one statement. Throws what the package throws. */
  send(client: C, text: string, params: readonly SqlParameter[]): Promise<QueryResult>
  /** The statements that begin a transaction. */
  begin(serializable: boolean): readonly string[]
  /** Listens to a channel on a client. `lost` is called when its connection ends. */
  listen?(client: C, channel: string, told: (payload: string) => void, lost: () => void): Promise<void>
  /** Whether a client is of no more use after an error. */
  isFatal(error: unknown): boolean
  /** Gives a client back to its pool, or ends it where it is broken. */
  release(client: C, broken: boolean): void
}
