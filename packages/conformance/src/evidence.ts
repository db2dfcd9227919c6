/** Clauses that need the backend's own means: the kit tries them with `@kvdol/conformance/node`, or the adapter does. */
export const OWN_MEANS = {
  W4: 'A full medium rejects OutOfSpace, and the old value stays.',
  W5: 'A write survives what durability declares.',
  W6: 'A killed process leaves every key old or new.',
  W11: 'A write whose answer was lost is no conflict with itself.',
  W15: 'Two formats on one place are noticed.',
  C2: 'After close nothing keeps the process alive.',
  C4: 'Network calls have a deadline.',
  C6: 'Errors of the vendor map to codes by a table.',
  C7: 'Secrets never appear in an error.',
  C8: 'Only what is safe to repeat is repeated.',
  S2: 'Memory stays flat where the backend streams.',
} as const

/** A clause that was proved beside the kit's own cases, and how: what the functions for processes resolve to. */
export interface Evidence {
  /** `'W6'`. */
  readonly clause: string
  /** What was done: `'50 processes were killed while they wrote'`. */
  readonly what: string
}
