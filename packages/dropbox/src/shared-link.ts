import type { Bytes, DriverListOptions, Range, Reader, ReadOptions } from '@kvdol/core'
import { createStore } from '@kvdol/core/adapter'
import { errorOf } from './errors.ts'
import { listPages } from './listing/list-pages.ts'
import { namingOf } from './naming/naming.ts'
import { type LinkSettings, linkSettings, type SharedLinkOptions } from './options.ts'
import { type Download, download } from './reading/download.ts'
import { type FileFacts, statOf } from './reading/file-facts.ts'
import { readWhole } from './reading/read-file.ts'
import { type Link, linkOf } from './service/link.ts'
import { tagOf } from './service/refused-answer.ts'

/**
 * A folder that somebody shares by a link, to be read: keys are the paths of its files. A token is needed all the same,
 * as Dropbox wants to know who asks; it may be that of any account.
 *
 * What is read is checked by its length; Dropbox gives no content hash here. Throws `TypeError` for bad options and for
 * what is no link of Dropbox.
 *
 * @example
 * ```ts no-run="needs an account"
 * const photos = sharedLink('https://www.dropbox.com/scl/fo/…', { token: process.env.DROPBOX_TOKEN })
 * for await (const key of photos.keys()) console.log(key)
 * ```
 */
export function sharedLink(url: string, options: SharedLinkOptions): Reader<string, Bytes> {
  const settings = linkSettings(options)
  if (!isLink(url))
    throw new TypeError('sharedLink: the link is an https URL, such as https://www.dropbox.com/scl/…')
  const naming = namingOf('plain')
  const folder = { url, settings, link: linkOf(settings), naming }
  return createStore({
    name: 'dropbox-link',
    guarantees: {
      readConsistency: 'eventual',
      listConsistency: 'eventual',
      rejects: naming.rejects,
      multiProcess: true,
    },
    errorOf,
    // Whoever has the link may read what it shares.
    secrets: () => [...folder.link.secrets(), settings.password, url],
    get: async (key, how) => (await readWhole(() => open(folder, key, undefined, how), how))?.value,
    getWithStat: (key, how) => readWhole(() => open(folder, key, undefined, how), how),
    has: async (key, how) => (await find(folder, key, how)) !== undefined,
    stat: async (key, how) => {
      const facts = await find(folder, key, how)
      return facts && statOf(facts)
    },
    readStream: async (key, range, how) => (await open(folder, key, range, how))?.chunks,
    keyPages: how => keyPages(folder, how),
    close: folder.link.close,
  })
}

interface SharedFolder {
  readonly url: string
  readonly settings: LinkSettings
  readonly link: Link
  readonly naming: ReturnType<typeof namingOf>
}

function isLink(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && new URL(url).protocol === 'https:'
}

/** How Dropbox is told of the link and of a path in it. */
function argFor({ url, settings }: SharedFolder, path?: string) {
  const { password } = settings
  return {
    url,
    ...(path !== undefined && { path }),
    ...(password !== undefined && { link_password: password }),
  }
}

async function open(
  folder: SharedFolder,
  key: string,
  range: Range | undefined,
  options: ReadOptions,
): Promise<Download | undefined> {
  const place = {
    route: 'sharing/get_shared_link_file',
    arg: argFor(folder, `/${folder.naming.nameOf(key)}`),
    isMeant: (facts: FileFacts) => isMeant(facts, key),
    find: () => find(folder, key, options),
  }
  return await unlessAbsent(folder, options, () => download(folder.link, place, range, options))
}

async function find(folder: SharedFolder, key: string, options: ReadOptions): Promise<FileFacts | undefined> {
  const arg = argFor(folder, `/${folder.naming.nameOf(key)}`)
  return await unlessAbsent(folder, options, async () => {
    const found = await folder.link.ask('sharingGetSharedLinkMetadata', arg, options)
    if (found['.tag'] !== 'file') return undefined
    const facts = found as typeof found & FileFacts
    return isMeant(facts, key) ? facts : undefined
  })
}

/** Dropbox does not tell cases apart; of the folders above the file it does not say the case. */
function isMeant({ name }: FileFacts, key: string): boolean {
  return `/${key}`.endsWith(`/${name}`)
}

/** Dropbox says the same of a path that is not in the folder and of a link that is gone; the link by itself tells. */
async function unlessAbsent<T>(
  folder: SharedFolder,
  options: ReadOptions,
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    const tag = tagOf(error)
    if (tag === 'shared_link_is_directory') return undefined
    if (tag !== 'shared_link_not_found') throw error
    await folder.link.ask('sharingGetSharedLinkMetadata', argFor(folder), options)
    return undefined
  }
}

/** The keys, folder by folder: Dropbox lists shared folders in no other way. */
async function* keyPages(
  folder: SharedFolder,
  { prefix = '', signal }: DriverListOptions<string>,
): AsyncGenerator<string[], void, undefined> {
  const { link, url, naming, settings } = folder
  const { password, onForeign } = settings
  const head = naming.headOf(prefix)
  if (head === undefined) return
  const shared_link = { url, ...(password !== undefined && { password }) }
  const waiting = [head.slice(0, Math.max(0, head.lastIndexOf('/')))]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const above = path === '' ? '' : `${path}/`
    for await (const entries of listPages(link, { path: path && `/${path}`, shared_link }, { signal })) {
      const keys: string[] = []
      for (const entry of entries) {
        const name = above + entry.name
        if (entry['.tag'] === 'folder' && !waiting.includes(name)) waiting.push(name)
        if (entry['.tag'] !== 'file') continue
        const key = naming.keyOf(name)
        if (key === undefined) onForeign?.({ path: name })
        else if (key.startsWith(prefix)) keys.push(key)
      }
      yield keys
    }
  }
}
