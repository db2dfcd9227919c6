import type { Found, Range, ReadOptions, Stat } from '@kvdol/core'
import { collectBytes, isStoreError, retry } from '@kvdol/core/adapter'
import { type Context, isSameName, pathOf } from '../context.ts'
import { tagOf } from '../service/refused-answer.ts'
import { type Download, download } from './download.ts'
import { type FileFacts, statOf } from './file-facts.ts'
import { findFile, isNoName } from './find-file.ts'

/** A value or a range of it as it comes, with what Dropbox tells of it; `undefined` when there is none. */
export async function openFile(
  context: Context,
  name: string,
  range: Range | undefined,
  options: ReadOptions,
): Promise<Download | undefined> {
  const place = {
    route: 'files/download',
    arg: { path: pathOf(context, name) },
    isMeant: (facts: FileFacts) => isSameName(context, facts, name),
    find: () => findFile(context, name, options),
  }
  try {
    return await download(context.link, place, range, options)
  } catch (error) {
    if (tagOf(error) === 'path/not_found' || isNoName(error)) return undefined
    throw error
  }
}

/** The whole value; a transfer that is cut is begun again. */
export async function readFile(
  context: Context,
  name: string,
  options: ReadOptions,
): Promise<Uint8Array | undefined> {
  return (await readFileWithStat(context, name, options))?.value
}

/** The same with what Dropbox tells of it. */
export function readFileWithStat(
  context: Context,
  name: string,
  options: ReadOptions,
): Promise<Found<Uint8Array> | undefined> {
  return readWhole(() => openFile(context, name, undefined, options), options)
}

/** How often a transfer that is cut is begun again. */
const ATTEMPTS = 3

/** All bytes of what is opened, and what is told of it; it is opened again when the transfer is cut. */
export async function readWhole(
  open: () => Promise<Download | undefined>,
  { signal }: ReadOptions,
): Promise<Found<Uint8Array> | undefined> {
  const when = (error: unknown) => isStoreError(error, 'Corrupt') && error.retryable
  const work = async () => {
    const opened = await open()
    return opened && { value: await collectBytes(opened.chunks), stat: statOf(opened.facts) }
  }
  return await retry(work, { attempts: ATTEMPTS, when, signal })
}

/** What Dropbox tells of a value; `undefined` when there is none. */
export async function statFile(
  context: Context,
  name: string,
  options: ReadOptions,
): Promise<Stat | undefined> {
  const facts = await findFile(context, name, options)
  return facts && statOf(facts)
}
