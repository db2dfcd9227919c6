import type { DriverWriteOptions } from '../driver.ts'
import { isStoreError, StoreError } from '../error.ts'
import type { Stat, Store, WriteOptions } from '../store.ts'
import type { AnyView } from '../view/any-view.ts'
import { assertWrite } from '../view/calls.ts'
import { hiddenKey } from '../view/fold.ts'
import { hidden } from '../view/mapping.ts'
import { viewBehind } from '../view/over.ts'
import { carried } from './carried.ts'
import { notOvertaken, overtaken } from './not-overtaken.ts'
import { chunksOf } from './read-stream.ts'
import { STREAM_FROM, streamCodecs } from './streaming.ts'
import { writeChunks } from './write-stream.ts'

export type RenameOptions = Pick<WriteOptions, 'ifAbsent' | 'signal'>

/**
 * Moves the value at `from` to `to`, replacing what is there unless `ifAbsent`. One step where the backend can move;
 * elsewhere the value is stored at `to` first and removed from `from` then, so that it is never lost; when somebody
 * writes to `from` meanwhile, that value is moved instead. A long value goes by stream where the backend and every value
 * codec can, with flat memory.
 *
 * Rejects `NotFound` when there is nothing at `from`, and `Conflict` for a taken `to` with `ifAbsent`.
 */
export async function rename<K, V>(
  store: Store<K, V>,
  from: NoInfer<K>,
  to: NoInfer<K>,
  options?: RenameOptions,
): Promise<void> {
  return await viewBehind(store).run('rename', from, to, options, move)
}

async function move(view: AnyView, from: unknown, to: unknown, options: RenameOptions): Promise<void> {
  const { mapping, source } = view
  const [innerFrom, innerTo] = [mapping.encode(from), mapping.encode(to)]
  assertWrite(view, 'rename', from, options)
  if (innerFrom === hidden || innerTo === hidden) throw hiddenKey()
  // A value codec may depend on the key, so only plain values are moved as they are.
  if (source.driver.rename !== undefined && mapping.plain) {
    if (!(await source.driver.rename(innerFrom, innerTo, options))) throw notFound()
    return
  }
  if (innerFrom === innerTo && options.ifAbsent !== true) {
    if ((await mapping.read(from, source.fetch, options)) === undefined) throw notFound()
    return
  }
  await carry(view, { from, to, innerFrom, innerTo }, options)
}

interface Way {
  readonly from: unknown
  readonly to: unknown
  readonly innerFrom: unknown
  readonly innerTo: unknown
}

/** Stores the value at `to` and removes it from `from`, again for as long as somebody else writes to `from` meanwhile. */
async function carry(view: AnyView, way: Way, options: RenameOptions): Promise<void> {
  const { driver, guarantees } = view.source
  const statOf = async (inner: unknown): Promise<Stat> => (await driver.stat?.(inner, {})) ?? {}
  const tagOf = async (inner: unknown) => (await statOf(inner)).etag
  let how: DriverWriteOptions = options
  let stored = false
  await notOvertaken(view, 'rename', way.from, options, async () => {
    // The tag first: if the value changes before it is read, the old tag makes the removal fail.
    const stat = await statOf(way.innerFrom)
    const { etag: tag, size = 0 } = stat
    const carry = size > STREAM_FROM && canStream(view) ? stream : whole
    if (!(await carry(view, way, { ...how, ...keptBeside(stat, driver) }))) {
      if (stored) return
      throw notFound()
    }
    stored = true
    how = await ownCopy(how)
    return await removed(view, way.innerFrom, tag, tagOf)
  })

  /** The conditions under which the copy that was just stored may be replaced by a newer one. */
  async function ownCopy(of: DriverWriteOptions): Promise<DriverWriteOptions> {
    if (of.ifAbsent !== true && of.ifMatch === undefined) return of
    const ifMatch = guarantees.conditions.includes('ifMatch') ? await tagOf(way.innerTo) : undefined
    return ifMatch === undefined ? { signal: of.signal } : { signal: of.signal, ifMatch }
  }
}

/** What the backend keeps beside the value, such as its media type, as options of the write that takes it along. */
function keptBeside(stat: Stat, { writeOptions = [] }: AnyView['source']['driver']): DriverWriteOptions {
  return Object.fromEntries(
    Object.entries(stat).filter(([name, kept]) => kept !== undefined && writeOptions.includes(name)),
  )
}

/** Stores the value of `from` at `to`; false when there is none. */
async function whole(view: AnyView, { from, to }: Way, how: DriverWriteOptions): Promise<boolean> {
  const { mapping, source } = view
  const value = await mapping.read(from, source.fetch, { signal: how.signal })
  if (value !== undefined) await mapping.write(to, value, source.put, how)
  return value !== undefined
}

/** The same with flat memory. */
async function stream(view: AnyView, { from, to }: Way, how: DriverWriteOptions): Promise<boolean> {
  const chunks = await chunksOf(view, from, {}, { signal: how.signal })
  if (chunks === undefined) return false
  await carried(chunks, given => writeChunks(view, to, given, how))
  return true
}

function canStream(view: AnyView): boolean {
  const { readStream, writeStream } = view.source.driver
  return readStream !== undefined && writeStream !== undefined && streamCodecs(view) !== undefined
}

/** Removes the value that still has this tag, as surely as the driver can tell. */
async function removed(
  { source }: AnyView,
  inner: unknown,
  tag: string | undefined,
  tagOf: (inner: unknown) => Promise<string | undefined>,
): Promise<typeof overtaken | undefined> {
  const { driver, guarantees } = source
  const certain = tag !== undefined && guarantees.conditions.includes('deleteIfMatch')
  if (!certain && (await tagOf(inner)) !== tag) return overtaken
  try {
    await driver.delete?.(inner, certain ? { ifMatch: tag } : {})
    return undefined
  } catch (error) {
    if (!certain || !isStoreError(source.told('rename', error), 'Conflict')) throw error
    return overtaken
  }
}

function notFound(): StoreError {
  return new StoreError('NotFound', 'there is no such key')
}
