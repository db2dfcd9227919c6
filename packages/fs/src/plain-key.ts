import { INTERNAL, invalidKey, type Naming, split } from './naming.ts'

/** One rule for all keys that need no closer look. */
const SUSPECT =
  /[\u0000-\u001f\u007f<>:"|?*\\]|^\/|\/\/|\/$|(?:^|\/)\.|[. ](?:\/|$)|(?:^|\/)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:[./]|$)/i

/** Most names of files, told quickly: they are clear of everything that some rule forbids. */
const USUAL = /^(?!con|prn|aux|nul|com|lpt)[a-z0-9_-]{1,100}(?:\.[a-z0-9_-]{1,50}){0,3}$/i

/** Longest name of a file in UTF-8 bytes, on every file system in wide use. */
const MAX_NAME = 255

const RULES: readonly [reason: string, pattern: RegExp, detail: string][] = [
  ['nul', /\u0000/, 'no file name holds a NUL character'],
  ['control', /[\u0001-\u001f\u007f]/, 'file names do not hold control characters everywhere'],
  ['backslash', /\\/, 'a backslash separates folders on some systems; use /'],
  ['forbidden-character', /[<>:"|?*]/, 'some systems have no file names with < > : " | ? or *'],
  ['leading-slash', /^\//, 'a key is a path relative to the root and does not begin with /'],
  ['trailing-slash', /\/$/, 'a key is the path of a file and does not end in /'],
  ['double-slash', /\/\//, 'the key has an empty part between two slashes'],
  ['dot-segment', /(?:^|\/)\.\.?(?:\/|$)/, 'the key has a part . or ..'],
  ['trailing-dot', /\.(?:\/|$)/, 'some systems drop a dot at the end of a file name'],
  ['trailing-space', / (?:\/|$)/, 'some systems drop a space at the end of a file name'],
  [
    'reserved',
    new RegExp(`(?:^|/)\\${INTERNAL}`, 'i'),
    `names that begin with ${INTERNAL} are used internally`,
  ],
  [
    'device-name',
    /(?:^|\/)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:[./]|$)/i,
    'some systems take the name for a device',
  ],
]

const HIDDEN = /(?:^|\/)\./

export interface PlainRules {
  readonly hidden: boolean
}

/** Keys that are relative paths, as people see them in the folder; only those that every system holds one to one. */
export function plainNaming(rules: PlainRules): Naming {
  return {
    pathOf(key) {
      const problem = problemOf(key, rules)
      if (problem === undefined) return key
      throw invalidKey(...problem)
    },
    keyOf: path => (problemOf(path, rules) === undefined ? path : undefined),
    headOf(prefix) {
      const [folder] = split(prefix)
      return folder === '' || problemOf(`${folder}x`, rules) === undefined ? prefix : undefined
    },
    isFolder: path => problemOf(`${path}x`, rules) === undefined,
    prefixOf: path => path,
    shows: () => true,
    usual: USUAL,
    hides: !rules.hidden,
    rejects: [
      ...RULES.map(([reason]) => reason),
      'long-segment',
      ...(rules.hidden ? [] : ['hidden']),
      'not-nfc',
      'case-clash',
      'prefix-of-other',
    ],
  }
}

function problemOf(key: string, { hidden }: PlainRules): [reason: string, detail: string] | undefined {
  if (USUAL.test(key)) return undefined
  if (SUSPECT.test(key)) {
    for (const [reason, pattern, detail] of RULES) if (pattern.test(key)) return [reason, detail]
    if (!hidden && HIDDEN.test(key))
      return ['hidden', 'the name begins with a dot; open the store with hidden: true']
  }
  // A UTF-16 code unit takes at most three bytes, so most keys need not be measured.
  if (key.length * 3 > MAX_NAME && key.split('/').some(part => Buffer.byteLength(part) > MAX_NAME))
    return ['long-segment', `a part of the key has more than ${MAX_NAME} bytes; use encoded keys`]
  return undefined
}
