import { INTERNAL } from './naming.ts'

/** Names that match cannot be used: why, and what a message says of it. */
export type Rule = readonly [reason: string, pattern: RegExp, detail: string]

const RESERVED: Rule = [
  'reserved',
  new RegExp(`(?:^|/)\\${INTERNAL}`, 'i'),
  `names that begin with ${INTERNAL} are used internally`,
]

/** What file systems in wide use do not hold one to one. */
export const pathRules: readonly Rule[] = [
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
  RESERVED,
  [
    'device-name',
    /(?:^|\/)(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$) *(?:[./]|$)/i,
    'some systems take the name for a device',
  ],
]

const DOT_SEGMENT: Rule = [
  'dot-segment',
  /(?:^|[/\\])\.\.?(?:[/\\]|$)/,
  'the key has a part . or .., which is resolved on the way to the server',
]

/** What no object store holds: the least that applies everywhere. */
export const anyObjectRules: readonly Rule[] = [DOT_SEGMENT, RESERVED]

/** What some object store refuses, changes, or cannot list. */
export const objectRules: readonly Rule[] = [
  ['control', /[\u0000-\u001f]/, 'control characters do not come back from the listing of every server'],
  ['not-xml', /[\ufffe\uffff]/, 'listings, which are XML, have no U+FFFE and U+FFFF'],
  ['leading-slash', /^\//, 'some servers drop a slash at the beginning'],
  ['trailing-slash', /\/$/, 'some servers take a slash at the end for a folder'],
  ['double-slash', /\/\//, 'some servers join slashes'],
  [
    'reserved',
    /(?:^|\/)\.(?:[^/]*\.)?sgwtmp(?:[./]|$)/,
    'some servers keep their own files under such names',
  ],
  ...anyObjectRules,
]
