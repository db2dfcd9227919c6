interface Item<K, T> {
  readonly key: K
  value: T
  weight: number
  older: Item<K, T> | undefined
  newer: Item<K, T> | undefined
}

/** A bounded map that drops what was used least recently; every operation takes the same time, however large it is. */
export class Recent<K, T> {
  readonly #items = new Map<K, Item<K, T>>()
  readonly #maxEntries: number
  readonly #maxWeight: number
  #weight = 0
  #oldest: Item<K, T> | undefined
  #newest: Item<K, T> | undefined

  constructor(maxEntries: number, maxWeight: number = Number.POSITIVE_INFINITY) {
    this.#maxEntries = maxEntries
    this.#maxWeight = maxWeight
  }

  get size(): number {
    return this.#items.size
  }

  /** The value, which counts as used now. */
  get(key: K): T | undefined {
    const item = this.#items.get(key)
    if (item === undefined) return undefined
    if (item !== this.#newest) {
      this.#unlink(item)
      this.#append(item)
    }
    return item.value
  }

  /** Whether there is one, which does not count as use. */
  has(key: K): boolean {
    return this.#items.has(key)
  }

  /** Stores a value as the one used last, and gives the entries that had to go for it, which may be the same. */
  set(key: K, value: T, weight = 0): readonly (readonly [K, T])[] {
    const known = this.#items.get(key)
    if (known !== undefined) {
      this.#unlink(known)
      this.#weight += weight - known.weight
      known.value = value
      known.weight = weight
      this.#append(known)
    } else {
      const item: Item<K, T> = { key, value, weight, older: undefined, newer: undefined }
      this.#items.set(key, item)
      this.#weight += weight
      this.#append(item)
    }
    return this.#surplus()
  }

  delete(key: K): boolean {
    const item = this.#items.get(key)
    if (item === undefined) return false
    this.#items.delete(key)
    this.#weight -= item.weight
    this.#unlink(item)
    return true
  }

  /** Keys in the order in which they came. */
  keys(): IterableIterator<K> {
    return this.#items.keys()
  }

  #surplus(): readonly (readonly [K, T])[] {
    if (this.#items.size <= this.#maxEntries && this.#weight <= this.#maxWeight) return NONE
    const gone: [K, T][] = []
    while (this.#items.size > this.#maxEntries || this.#weight > this.#maxWeight) {
      const { key, value } = this.#oldest as Item<K, T>
      this.delete(key)
      gone.push([key, value])
    }
    return gone
  }

  #append(item: Item<K, T>): void {
    item.older = this.#newest
    item.newer = undefined
    if (this.#newest === undefined) this.#oldest = item
    else this.#newest.newer = item
    this.#newest = item
  }

  #unlink({ older, newer }: Item<K, T>): void {
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
  }
}

const NONE: readonly never[] = Object.freeze([])
