/**
 * What the text of a field may look like: a deterministic automaton over UTF-16 code units. It starts in state 0;
 * `next` gives the state after one more unit, or -1. Matching a whole template then takes time linear in the key.
 */
export interface Automaton {
  readonly states: number
  /** States in which the text may end; never state 0, as no field is empty. */
  readonly accepts: (state: number) => boolean
  readonly next: (state: number, unit: number) => number
  /** All texts have the same length, so fields beside it stay unambiguous. */
  readonly fixed?: boolean
}

/** One or more units, each of which `allows` lets through. */
export function run(allows: (unit: number) => boolean): Automaton {
  return { states: 2, accepts: state => state === 1, next: (_, unit) => (allows(unit) ? 1 : -1) }
}

/** As many units as there are tests, each for its place. */
export function exactly(tests: readonly ((unit: number) => boolean)[]): Automaton {
  const length = tests.length
  return {
    states: length + 1,
    accepts: state => state === length,
    next: (state, unit) => (tests[state]?.(unit) === true ? state + 1 : -1),
    fixed: true,
  }
}

/** By a table of transitions: for each state, which class of units leads where; the first class that fits counts. */
export function table(rows: readonly Row[], accepting: readonly number[]): Automaton {
  const accepts = new Set(accepting)
  return {
    states: rows.length,
    accepts: state => accepts.has(state),
    next: (state, unit) => rows[state]?.find(([allows]) => allows(unit))?.[1] ?? -1,
  }
}

type Row = readonly (readonly [allows: (unit: number) => boolean, state: number])[]

export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39

/** A test for one character. */
export function is(character: string): (unit: number) => boolean {
  const wanted = character.charCodeAt(0)
  return unit => unit === wanted
}

const ASCII = 128

/** The same automaton with its transitions for ASCII looked up in a table. */
export function tabulated({ next, ...automaton }: Automaton): Automaton {
  const transitions = new Int16Array(automaton.states * ASCII)
  for (let index = 0; index < transitions.length; index++)
    transitions[index] = next(Math.floor(index / ASCII), index % ASCII)
  return {
    ...automaton,
    next: (state, unit) => (unit < ASCII ? (transitions[state * ASCII + unit] as number) : next(state, unit)),
  }
}

/** Whether a text may hold this unit anywhere. */
export function mayHold({ states, next }: Automaton, unit: number): boolean {
  for (let state = 0; state < states; state++) if (next(state, unit) !== -1) return true
  return false
}
