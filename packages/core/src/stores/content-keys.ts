import { contentOf } from '../keys/identity.ts'
import { printKey } from '../print-key.ts'
import { isPlain } from '../values/is-plain.ts'

/** Finds keys of a map by their content. Each method gives the map's own key, or the given one where there is none. */
export interface ContentKeys<K> {
  own(key: K): K
  /** For a key that is put into the map now. */
  added(key: K): K
  /** For a key that is taken out of the map now. */
  removed(key: K): K
}

/**
 * What makes two keys of a map the same: the content of lists, plain objects, dates, bytes and what has a `toJSON`; other
 * keys as the map compares them.
 */
export function mapIdentity(key: unknown): unknown {
  return hasContent(key) ? contentOf(key) : key
}

/**
 * The keys of a map by content; `shared` where others may change the map. Primitive keys cost nothing, others about a
 * microsecond. In a map that is no plain `Map`, one that is not there costs a look at all keys.
 *
 * Throws `TypeError` when two keys of the map have the same content.
 */
export function contentKeys<K>(map: Map<K, unknown>, shared: boolean): ContentKeys<K> {
  const owners = new Map<unknown, K>()
  const isMap = Object.getPrototypeOf(map) === Map.prototype && !Object.hasOwn(map, 'set')
  const end = {} as K
  /** Goes on with what is put into the map later. */
  let rest = map.keys()
  /** What is new comes last, and no two keys have one content. */
  let certain = isMap
  lookAtRest(key => {
    throw new TypeError(`fromMap: the map has two keys with the content ${printKey(key)}; leave one out`)
  })
  return {
    own: key => (hasContent(key) ? owner(contentOf(key), key) : key),
    added(key) {
      if (!hasContent(key)) return key
      const content = contentOf(key)
      const own = owner(content, key)
      owners.set(content, own)
      return own
    },
    removed(key) {
      if (!hasContent(key)) return key
      const content = contentOf(key)
      const own = owner(content, key)
      owners.delete(content)
      return own
    },
  }

  function owner(content: unknown, key: K): K {
    const own = owners.get(content)
    if (own !== undefined && map.has(own)) return own
    if (!shared) return key
    if (!certain) {
      owners.clear()
      rest = map.keys()
    }
    lookAtRest(() => {
      certain = false
    })
    return owners.get(content) ?? key
  }

  function lookAtRest(twice: (key: K) => void): void {
    if (!isMap) {
      for (const key of rest) index(key, twice)
      return
    }
    // An iterator that has met the end stays there, so a key stands before it for this moment.
    map.set(end, undefined)
    try {
      for (let next = rest.next(); next.value !== end; next = rest.next()) index(next.value as K, twice)
    } finally {
      map.delete(end)
    }
  }

  /** The first of several keys with one content owns it. */
  function index(key: K, twice: (key: K) => void): void {
    if (!hasContent(key)) return
    const content = contentOf(key)
    const own = owners.get(content)
    if (own === undefined || !map.has(own)) owners.set(content, key)
    else if (own !== key) twice(key)
  }
}

function hasContent(key: unknown): key is object {
  if (typeof key !== 'object' || key === null) return false
  return Array.isArray(key) || ArrayBuffer.isView(key) || isPlain(key) || 'toJSON' in key
}
