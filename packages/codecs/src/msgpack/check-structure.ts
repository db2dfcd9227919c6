import { MAX_DEPTH } from '../assert-data.ts'
import { corrupt } from '../failure.ts'
import { type Item, ItemReader } from './item-reader.ts'

/**
 * Refuses with `Corrupt` what is not exactly one MessagePack value that the codec can hold. Done before decoding,
 * because the library makes room for as many elements as a header claims, and lets bytes that are not UTF-8 pass.
 */
export function checkStructure(bytes: Uint8Array): void {
  const reader = new ItemReader(bytes)
  const open: Level[] = []
  let expected = 1
  while (expected > 0) {
    const item = reader.next()
    const level = open.at(-1)
    if (level !== undefined) countDown(level, item)
    expected += item.parts - 1
    if (item.parts > 0) open.push({ left: item.parts, keyed: item.kind === 'map' })
    if (open.length > MAX_DEPTH) throw corrupt(`the stored bytes are nested more than ${MAX_DEPTH} deep`)
    while (open.at(-1)?.left === 0) open.pop()
  }
  if (reader.left > 0) throw corrupt('the stored bytes go on after the value')
}

/** An array or map that is being read. */
interface Level {
  left: number
  readonly keyed: boolean
}

function countDown(level: Level, { kind }: Item): void {
  if (level.keyed && level.left % 2 === 0 && kind !== 'text')
    throw corrupt('the stored bytes hold a key that is not text')
  level.left--
}
