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
      const named = typeof key === 'string' ? printKey(key) : ''
      return `${method}(${named}), for ${now - since} ms`
    })
    if (calls.length === 0) return 'no call of the driver is under way'
    const more = this.#underWay.size - calls.length
    return `the driver has not answered ${calls.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
  }
}

/** How many calls a message names. */
const SHOWN = 3
