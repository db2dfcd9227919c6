/** What is needed of a statement of better-sqlite3; its own type fits. */
export interface BetterStatement {
  readonly reader: boolean
  raw(toggle?: boolean): BetterStatement
  safeIntegers(toggle?: boolean): BetterStatement
  pluck(toggle?: boolean): BetterStatement
  all(...params: unknown[]): unknown[]
  run(...params: unknown[]): { changes: number | bigint }
}

/** What is needed of a database of better-sqlite3; its own type fits. */
export interface BetterHandle {
  readonly memory: boolean
  readonly readonly: boolean
  readonly inTransaction?: boolean
  prepare(text: string): BetterStatement
  exec(text: string): unknown
  pragma(text: string, options?: { simple?: boolean }): unknown
  close(): unknown
}

/** What is needed of a statement of `node:sqlite`; its own type fits. */
export interface NodeStatement {
  setReturnArrays(enabled: boolean): void
  setReadBigInts(enabled: boolean): void
  columns(): readonly unknown[]
  all(...params: never[]): unknown[]
  run(...params: never[]): { changes: number | bigint }
}

/** What is needed of a database of `node:sqlite`; its own type fits. */
export interface NodeHandle {
  readonly isTransaction?: boolean
  prepare(text: string): NodeStatement
  exec(text: string): void
  close(): void
}

/** A statement that has been prepared: gives rows, or the number of changed rows. */
export interface Statement {
  readonly reads: boolean
  all(params: readonly unknown[]): unknown[][]
  /** The first column of the rows. */
  column(params: readonly unknown[]): unknown[]
  run(params: readonly unknown[]): number
}

/** A handle of either library, by the few methods that are used here. */
export interface Native {
  prepare(text: string): Statement
  exec(text: string): void
  /** Whether a transaction is open; `undefined` where the library does not tell. */
  inTransaction(): boolean | undefined
  close(): void
}

/** An open handle of either library as a {@link Native}; `undefined` for anything else. */
export function nativeOf(handle: unknown): Native | undefined {
  const { prepare, exec, close, pragma } = Object(handle) as Record<string, unknown>
  if ([prepare, exec, close].some(method => typeof method !== 'function')) return undefined
  return typeof pragma === 'function' ? better(handle as BetterHandle) : node(handle as NodeHandle)
}

/** A handle of `better-sqlite3`. */
export function better(handle: BetterHandle): Native {
  return {
    prepare(text) {
      const statement = handle.prepare(text)
      const { reader } = statement
      if (reader) statement.raw(true).safeIntegers(true)
      let plucked: BetterStatement | undefined
      return {
        reads: reader,
        all: params => statement.all(...params) as unknown[][],
        column(params) {
          plucked ??= handle.prepare(text).pluck(true).safeIntegers(true)
          return plucked.all(...params)
        },
        run: params => Number(statement.run(...params).changes),
      }
    },
    exec: text => void handle.exec(text),
    inTransaction: () => handle.inTransaction,
    close: () => void handle.close(),
  }
}

/** A handle of `node:sqlite`. */
export function node(handle: NodeHandle): Native {
  return {
    prepare(text) {
      const statement = handle.prepare(text)
      const reads = statement.columns().length > 0
      statement.setReturnArrays(true)
      statement.setReadBigInts(true)
      return {
        reads,
        all: params => statement.all(...(params as never[])) as unknown[][],
        column: params => (statement.all(...(params as never[])) as unknown[][]).map(([first]) => first),
        run: params => Number(statement.run(...(params as never[])).changes),
      }
    },
    exec: text => handle.exec(text),
    inTransaction: () => handle.isTransaction,
    close: () => handle.close(),
  }
}
