/** A call that begins. */
export interface ObservedCall {
  /** `'get'`, `'set'`, `'keys'`, `'setMany'`, … */
  readonly op: string
  /** Where the call is about one key. */
  readonly key?: unknown
  /** Those of a batch. */
  readonly keys?: readonly unknown[] | undefined
  /** The name of the driver, or of the layer, that is called. */
  readonly store: string
}

/** A call that has ended: for a listing and a stream, when the caller has left it. */
export interface ObservedEnd extends ObservedCall {
  /** In milliseconds. */
  readonly duration: number
  /** Of the values that went to or came from the store, where they are bytes. */
  readonly bytes: number
  /** How many keys or entries came; of a batch how many it has. */
  readonly items: number
  /** Why it failed; of a batch, why its first entry did that failed. */
  readonly error?: unknown
}

/** Who is told of calls. What a hook throws, at once or later, is ignored and changes no result. */
export interface Hooks<C = unknown> {
  /** What it gives is handed to `end`. */
  start?(call: ObservedCall): C
  end?(call: ObservedEnd, context: C): void
}
