import { encodedNaming, type Naming, narrowed, pathRules, plainNaming, type Rule } from '@kvdol/core/adapter'

/** What file systems do not hold and Dropbox does. */
const HELD = ['forbidden-character', 'device-name']

/** What Dropbox refuses, changes, or never shows again. */
const RULES: readonly Rule[] = [
  ...pathRules.filter(([reason]) => !HELD.includes(reason)),
  ['astral', /[\u{10000}-\u{10ffff}]/u, 'Dropbox takes no emoji and no other character above U+FFFF'],
  [
    'ignored-name',
    /(?:^|\/)(?:desktop\.ini|thumbs\.db|\.ds_store|icon\r|\.dropbox(?:\.attr|\.cache)?|~\$[^/]*|\.~[^/]*|~[^/]*\.tmp)(?:\/|$)/i,
    'Dropbox ignores files of this name',
  ],
  ['long-segment', /[^/]{256}/, 'a part of the key has more than 255 characters'],
]

/** How keys and the paths of files below the root stand for each other. */
export function namingOf(keys: 'plain' | 'encoded'): Naming {
  if (keys === 'encoded') return encoded
  return narrowed(
    plainNaming({ rules: RULES }),
    'not-normalised',
    key => key.normalize('NFC') === key,
    "the key is not in Unicode's normal form C, as file names in Dropbox are; normalise it, or use keys: 'encoded'",
  )
}

/** Folders that Dropbox ignores and the encoding leaves as they are, and as they are written instead. */
const IGNORED_FOLDERS = [
  ['desktop.ini', '%64esktop.ini'],
  ['thumbs.db', '%74humbs.db'],
] as const

const portable = encodedNaming()

/** The portable encoding, in which no folder has a name that Dropbox ignores. */
const encoded: Naming = {
  ...portable,
  nameOf: key => escaped(portable.nameOf(key)),
  // Names have one case, and Dropbox does not always show the folders of a path in theirs.
  keyOf(shown) {
    const name = lowered(shown)
    const plain = unescaped(name)
    return escaped(plain) === name ? portable.keyOf(plain) : undefined
  },
  headOf(prefix) {
    const head = portable.headOf(prefix)
    return head && escaped(head)
  },
  prefixOf: folder => portable.prefixOf(unescaped(lowered(folder))),
}

function lowered(shown: string): string {
  return shown.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

function escaped(name: string): string {
  return IGNORED_FOLDERS.reduce((path, [ignored, written]) => renamed(path, ignored, written), name)
}

function unescaped(name: string): string {
  return IGNORED_FOLDERS.reduce((path, [ignored, written]) => renamed(path, written, ignored), name)
}

/** The path with other names for folders of this name. */
function renamed(path: string, from: string, to: string): string {
  if (!path.includes(`${from}/`)) return path
  const parts = path.split('/')
  const last = parts.length - 1
  return parts.map((part, index) => (part === from && index < last ? to : part)).join('/')
}
