import { StoreError } from '@kvdol/core'
import { checkBytes } from '@kvdol/core/adapter'

/** Families of content that can be told from its first bytes. */
export const KINDS = ['html', 'archive', 'image', 'audio', 'video'] as const

export type Kind = (typeof KINDS)[number]

/** How many bytes are looked at. */
export const SNIFFED = 4100

/** What only web pages begin with, after comments and declarations. */
const PAGE =
  /^\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|script|meta|iframe|h1|div|table|style)(?=[\s>/])/i

const ARCHIVES =
  /^application\/(?:zip|gzip|x-(?:7z-compressed|tar|bzip2|xz|rar-compressed|lzip|compress|cpio|lzh-compressed|unix-archive)|zstd|vnd\.ms-cab-compressed|x-ace-compressed|lz4|x-lz4)$/

/**
 * The kind of content that begins with these bytes, or `undefined` where it cannot be told: plain text, PDF and whatever
 * has no mark of its own. 4,100 bytes are enough. Rejects `InvalidValue` for what is not a `Uint8Array`.
 *
 * @example
 * ```ts
 * await kindOf(new TextEncoder().encode('<!doctype html><title>Sign in</title>')) // 'html'
 * ```
 */
export async function kindOf(start: Uint8Array): Promise<Kind | undefined> {
  const head = checkBytes(start).subarray(0, SNIFFED)
  // Documents that are zip archives by another name begin as those do.
  if (/^PK[\x03\x05]/.test(String.fromCharCode(...head.subarray(0, 3)))) return 'archive'
  if (PAGE.test(new TextDecoder().decode(head))) return 'html'
  // Loaded by those who ask only.
  const { fileTypeFromBuffer } = await import('file-type')
  const mime = (await fileTypeFromBuffer(head))?.mime ?? ''
  if (ARCHIVES.test(mime)) return 'archive'
  const family = mime.split('/', 1)[0]
  return family === 'image' || family === 'audio' || family === 'video' ? family : undefined
}

/**
 * Refuses with `Incompatible` content that is recognised as another kind than was wanted: most often the page of a
 * login or an error in place of a file. What is not recognised passes; audio and video share formats and count as one.
 */
export async function assertKind(start: Uint8Array, wanted: Kind): Promise<void> {
  const found = await kindOf(start)
  if (found === undefined || family(found) === family(wanted)) return
  const detail = `the content is of the kind '${found}', not '${wanted}'; a web page may want a login or another link`
  throw new StoreError('Incompatible', detail, { reason: 'kind' })
}

function family(kind: Kind): Kind {
  return kind === 'video' ? 'audio' : kind
}
