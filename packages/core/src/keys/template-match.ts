import type { Automaton } from './automaton.ts'
import type { TemplateField, TemplateParts } from './template-parts.ts'

const NONE = -1

/**
 * The texts of the fields of `key`, or `undefined` when the template does not make it. Where several divisions fit,
 * each field, from the left, takes as much as it can. Takes time linear in the length of the key.
 */
export function matchTemplate(parts: TemplateParts, key: string): string[] | undefined {
  const first = parts.fields[0] as TemplateField
  if (!key.startsWith(first.before) || !key.endsWith(parts.end)) return undefined
  return parts.obvious ? matchForward(parts, key) : matchBackward(parts, key)
}

/** Each field ends where it must: before the first unit that it cannot hold, or before the end of the template. */
function matchForward({ fields, end }: TemplateParts, key: string): string[] | undefined {
  const limit = key.length - end.length
  const texts: string[] = []
  let place = 0
  for (const { before, automaton } of fields) {
    if (!key.startsWith(before, place)) return undefined
    const start = place + before.length
    place = runFrom(automaton, key, start, limit)
    if (place === NONE) return undefined
    texts.push(key.slice(start, place))
  }
  return place === limit ? texts : undefined
}

/** Where the automaton stops, if its text may end there. */
function runFrom({ next, accepts }: Automaton, key: string, start: number, limit: number): number {
  let state = 0
  let place = start
  while (place < limit) {
    const following = next(state, key.charCodeAt(place))
    if (following === NONE) break
    state = following
    place++
  }
  return accepts(state) ? place : NONE
}

/** Works from the end to the front, so that no choice is ever taken back. */
function matchBackward({ fields, end }: TemplateParts, key: string): string[] | undefined {
  const ends: Int32Array[] = []
  let reach = only(key.length - end.length, key.length)
  for (let index = fields.length - 1; index >= 0; index--) {
    const field = fields[index] as TemplateField
    const best = longest(field.automaton, key, reach)
    ends[index] = best
    if (index > 0) reach = afterLiteral(field.before, key, best)
  }
  return divide(fields, ends, key)
}

/** For each place whether the rest of the template fits there: only at one. */
function only(place: number, length: number): Uint8Array {
  const reach = new Uint8Array(length + 1)
  reach[place] = 1
  return reach
}

/** For each place where a field could begin, the farthest place where it can end so that the rest fits. */
function longest({ states, accepts, next }: Automaton, key: string, reach: Uint8Array): Int32Array {
  const best = new Int32Array(key.length + 1)
  let later = new Int32Array(states).fill(NONE)
  let now = new Int32Array(states)
  for (let place = key.length; place >= 0; place--) {
    for (let state = 0; state < states; state++) {
      const following = place < key.length ? next(state, key.charCodeAt(place)) : NONE
      const farther = following === NONE ? NONE : (later[following] as number)
      now[state] = farther === NONE && reach[place] === 1 && accepts(state) ? place : farther
    }
    best[place] = now[0] as number
    const spare = later
    later = now
    now = spare
  }
  return best
}

/** Where the template fits from a literal on, given where it does from the field after it. */
function afterLiteral(literal: string, key: string, best: Int32Array): Uint8Array {
  const reach = new Uint8Array(key.length + 1)
  for (let place = 0; place + literal.length <= key.length; place++)
    if (best[place + literal.length] !== NONE && key.startsWith(literal, place)) reach[place] = 1
  return reach
}

function divide(
  fields: readonly TemplateField[],
  ends: readonly Int32Array[],
  key: string,
): string[] | undefined {
  const texts: string[] = []
  let place = 0
  for (const [index, { before }] of fields.entries()) {
    const start = place + before.length
    place = ends[index]?.[start] ?? NONE
    if (place === NONE) return undefined
    texts.push(key.slice(start, place))
  }
  return texts
}
