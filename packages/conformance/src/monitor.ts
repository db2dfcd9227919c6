import { printKey } from '@kvdol/core/adapter'

/** A call of a driver that has not settled. */
interface UnderWay {
  readonly method: string
  readonly key: unknown
  readonly since: number
}

/** What a case has asked of the drivers of its stores. */
export class Monitor {
  /** Calls of driver methods so far. */
  calls = 0
  /** The case has ended, or its time is up: calls that it has begun and not awaited end as soon as they can. */
  over = false
  readonly #underWay = new Set<UnderWay>()

  /** Notes a call; the function that it gives notes its end. */
  begin(method: string, key?: unknown): () => void {
    this.calls++
    const call = { method, key, since: Date.now() }
    this.#underWay.add(call)
    return () => void this.#underWay.delete(call)
  }

  /** For a message: the calls that have not settled, the longest first. */
  describe(): string {
    const now = Date.now()
    const calls = [...this.#underWay].slice(0, SHOWN).map(({ method, key, since }) => {
      const named = typeof key === 'string' ? shortened(printKey(key)) : ''
      const call = isOfSubject(method) ? method : `${method}(${named})`
      return `${call}, for ${now - since} ms`
    })
    if (calls.length === 0) return 'no call of the driver is under way'
    const who = isOfSubject([...this.#underWay][0]?.method ?? '')
      ? 'what has not ended is'
      : 'the driver has not answered'
    const more = this.#underWay.size - calls.length
    return `${who} ${calls.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
  }
}

/** A hook of the subject is no method of its driver. */
function isOfSubject(method: string): boolean {
  return method.endsWith('of the subject')
}

/** How many calls a message names. */
const SHOWN = 3
/** How much of a key it shows. */
const LENGTH = 60

function shortened(text: string): string {
  return text.length <= LENGTH ? text : `${text.slice(0, LENGTH)}…`
}
