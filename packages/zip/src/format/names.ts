import { FLAG } from './constants.ts'
import { unicodePath } from './extra-fields.ts'

/** How names are read that do not say that they are UTF-8. A function gives `undefined`, or throws, for what it cannot read. */
export type NameEncoding = 'cp437' | 'utf-8' | ((bytes: Uint8Array) => string | undefined)

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const ASCII = /^[\0-\x7f]*$/

/**
 * The name of an entry by the rule of the format: UTF-8 if the flag says so, else what the unicode extra field says,
 * else in the old encoding. `undefined` for bytes that are no text in it.
 */
export function decodeName(
  bytes: Buffer,
  [start, extra, end]: readonly [name: number, extra: number, end: number],
  flags: number,
  encoding: NameEncoding,
): string | undefined {
  const raw = bytes.subarray(start, extra)
  const unicode = (flags & FLAG.utf8) === 0 && end > extra ? unicodePath(bytes, extra, end, raw) : undefined
  if (unicode !== undefined) return fromUtf8(unicode)
  const text = bytes.toString('latin1', start, extra)
  if (ASCII.test(text)) return text
  if ((flags & FLAG.utf8) !== 0 || encoding === 'utf-8') return fromUtf8(raw)
  return encoding === 'cp437' ? decodeCp437(raw) : decodedBy(encoding, raw)
}

/** What a caller's function makes of a name. One that throws cannot read it. */
function decodedBy(decode: (bytes: Uint8Array) => unknown, raw: Buffer): string | undefined {
  try {
    const name = decode(new Uint8Array(raw))
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}

/** Text that is most likely UTF-8, and else in code page 437. */
export function decodeText(bytes: Buffer): string {
  return fromUtf8(bytes) ?? decodeCp437(bytes)
}

function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

// What the upper half of code page 437 stands for; the lower half is ASCII.
const UPPER =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

/** Text in code page 437, in which names are written that do not say otherwise (APPNOTE, appendix D). */
function decodeCp437(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : UPPER[byte - 0x80]
  return text
}

/**
 * Whether a name is more than the relative path of a file: absolute, with a drive, with backslashes, control
 * characters, or segments that are empty, `.` or `..`. Written to a folder as it is, it could end up elsewhere.
 */
export function isUnsafeName(name: string): boolean {
  if (/[\0-\x1f\x7f\\]/.test(name) || /^[A-Za-z]:/.test(name)) return true
  return name.split('/').some(segment => segment === '' || segment === '.' || segment === '..')
}
