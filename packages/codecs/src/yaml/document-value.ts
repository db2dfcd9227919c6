import { type Document, isAlias, isMap, isScalar, isSeq, type Scalar } from 'yaml'
import { MAX_DEPTH } from '../assert-data.ts'
import { corrupt } from '../failure.ts'

/** Of an alias, how many copies its expansion may make. */
const MAX_COPIES = 100

/** What an anchor stands for, once it is read. */
interface Anchored {
  part?: Part
  uses: number
}

interface Part {
  readonly value: unknown
  /** How many copies of an anchor are in it, at most. */
  readonly copies: number
}

/**
 * The value of a document whose keys are strings. Each part is visited once; the library's own way looks at all anchors
 * for each alias. Throws `Corrupt` for aliases without an anchor before them, for those within what they stand for, for
 * too many copies, and for too many levels.
 */
export function documentValue(document: Document.Parsed): unknown {
  const anchors = new Map<string, Anchored>()
  return read(document.contents, 0).value

  function read(node: unknown, depth: number): Part {
    if (isAlias(node)) return expand(node.source)
    const anchored: Anchored = { uses: 0 }
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) anchors.set(node.anchor, anchored)
    anchored.part = readNode(node, depth)
    return anchored.part
  }

  function readNode(node: unknown, depth: number): Part {
    if (!isMap(node) && !isSeq(node)) return { value: isScalar(node) ? node.value : null, copies: 1 }
    if (depth === MAX_DEPTH) throw corrupt(`the stored text has more than ${MAX_DEPTH} levels`)
    let copies = 0
    const within = (child: unknown) => {
      const part = read(child, depth + 1)
      copies = Math.max(copies, part.copies)
      return part.value
    }
    const value = isMap(node)
      ? // Defines properties, so that a key named `__proto__` is an ordinary one.
        Object.fromEntries(node.items.map(({ key, value }) => [(key as Scalar<string>).value, within(value)]))
      : node.items.map(within)
    return { value, copies }
  }

  function expand(source: string): Part {
    const anchored = anchors.get(source)
    if (anchored === undefined) throw corrupt('the stored text has aliases without an anchor before them')
    if (anchored.part === undefined) throw corrupt('the stored text has a cycle of aliases')
    const copies = ++anchored.uses * anchored.part.copies
    if (copies > MAX_COPIES) throw corrupt(`the stored text has aliases that make over ${MAX_COPIES} copies`)
    return { value: anchored.part.value, copies }
  }
}
