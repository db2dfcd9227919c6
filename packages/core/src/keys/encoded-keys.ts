/** Where a long component is cut. */
const LONGEST = 180

const PLAIN_SEGMENTS = /^[a-z0-9_-]+(?:[./][a-z0-9_-]+)*$/
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/
const DEVICE_STEMS = ['con', 'prn', 'aux', 'nul', 'com', 'lpt']
const DEVICES = /(?:^|\/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\/|$)/

const toBytes = new TextEncoder()
const toText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Keys as portable paths, for storages that split keys at slashes or do not tell all names apart: total on all legal
 * keys and one to one, also where names are compared without case or in another Unicode normalisation. No path is a
 * folder of another; no component is hidden, longer than 181 characters, or the name of a device.
 *
 * Components are made of `a-z0-9_.%+=-`: other bytes are written `%xx`, the last component ends in `=`, and long ones
 * are cut and go on in the next with `+` at both sides of the cut.
 *
 * @example
 * ```ts
 * encodedKeys.encode('users/Ann//') // 'users/%41nn/%/%='
 * ```
 */
export const encodedKeys: EncodedKeys = { encode, decode, head, folder }

/** The directions of {@link encodedKeys}. */
export interface EncodedKeys {
  /** The path of a key. */
  encode(key: string): string
  /** The key of a path, or `undefined` for a path that `encode` would never make. */
  decode(path: string): string | undefined
  /** What the paths of all keys with this prefix begin with. */
  head(prefix: string): string
  /** What the keys in the folder at a path begin with; `undefined` for a folder that stands for a part of a name. */
  folder(path: string): string | undefined
}

function encode(key: string): string {
  if (key.length < LONGEST && PLAIN_SEGMENTS.test(key) && !DEVICES.test(key)) return `${key}=`
  return `${encodeFolder(key)}=`
}

function head(prefix: string): string {
  const slash = prefix.lastIndexOf('/')
  const above = slash < 0 ? '' : `${encodeFolder(prefix.slice(0, slash))}/`
  const [begun = ''] = /^[a-z0-9_-]{0,100}/.exec(prefix.slice(slash + 1)) ?? []
  // A device name is escaped from its first character on.
  return DEVICE_STEMS.some(stem => stem.startsWith(begun.slice(0, 3))) ? above : above + begun
}

/** The path of the folder of all keys that begin with `path` and a slash. */
function encodeFolder(path: string): string {
  return path
    .split('/')
    .flatMap(segment => cut(encodeSegment(segment)))
    .join('/')
}

function decode(path: string): string | undefined {
  if (!path.endsWith('=')) return undefined
  const key = decodeText(path.slice(0, -1).replaceAll('+/+', ''))
  return key !== undefined && key !== '' && key.isWellFormed() && encode(key) === path ? key : undefined
}

function folder(path: string): string | undefined {
  return path.endsWith('+/') ? undefined : decodeText(path.replaceAll('+/+', ''))
}

function encodeSegment(segment: string): string {
  if (segment === '') return '%'
  const bytes = toBytes.encode(segment)
  let name = ''
  for (const [index, byte] of bytes.entries()) {
    const inside = index > 0 && index < bytes.length - 1
    name += isPlain(byte) || (byte === DOT && inside) ? String.fromCharCode(byte) : percent(byte)
  }
  return DEVICE.test(name) ? percent(name.charCodeAt(0)) + name.slice(1) : name
}

function cut(name: string): string[] {
  const components: string[] = []
  let rest = name
  while (rest.length > LONGEST) {
    // Never inside an escape.
    const escaped = rest.slice(LONGEST - 2, LONGEST).indexOf('%')
    const at = escaped < 0 ? LONGEST : LONGEST - 2 + escaped
    components.push(`${rest.slice(0, at)}+`)
    rest = `+${rest.slice(at)}`
  }
  components.push(rest)
  return components
}

const DOT = 0x2e

/** a to z, 0 to 9, `_` and `-`. */
function isPlain(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2d
}

function percent(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0')}`
}

function decodeText(text: string): string | undefined {
  if (!text.includes('%')) return text
  const bytes: number[] = []
  for (let index = 0; index < text.length; index++) {
    const hex = text[index] === '%' ? text.slice(index + 1, index + 3) : undefined
    if (hex === undefined) {
      bytes.push(text.charCodeAt(index))
    } else if (/^[0-9a-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16))
      index += 2
    }
    // A lone % is the empty segment.
  }
  try {
    return toText.decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}
