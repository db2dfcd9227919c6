import { pathRules, plainNaming, type Rule } from '@kvdol/core/adapter'
import type { FileNaming } from './file-naming.ts'

/** Most names of files, told quickly: they are clear of everything that some rule forbids. */
const USUAL = /^(?!con|prn|aux|nul|com|lpt)[a-z0-9_-]{1,100}(?:\.[a-z0-9_-]{1,50}){0,3}$/i

/** The same for paths of such names. */
const USUAL_PATH =
  /^(?:(?!con|prn|aux|nul|com|lpt)[a-z0-9_-]{1,100}(?:\.[a-z0-9_-]{1,50}){0,3}(?:\/(?!$)|$))+$/i

/** One test for everything that some rule forbids but the length. */
const SUSPECT =
  /[\u0000-\u001f\u007f<>:"|?*\\]|^\/|\/\/|\/$|(?:^|\/)\.|[. ](?:\/|$)|(?:^|\/)(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$) *(?:[./]|$)/i

/** Longest name of a file in UTF-8 bytes, on every file system in wide use. */
const MAX_NAME = 255

const HIDDEN: Rule = ['hidden', /(?:^|\/)\./, 'the name begins with a dot; open the store with hidden: true']

/** Keys that are relative paths, as people see them in the folder; only those that every system holds one to one. */
export function plainFileNaming(hidden: boolean): FileNaming {
  const naming = plainNaming({ rules: hidden ? pathRules : [...pathRules, HIDDEN], maxPart: MAX_NAME })
  return {
    ...naming,
    nameOf: key => (isClear(key) ? key : naming.nameOf(key)),
    keyOf: path => (isClear(path) ? path : naming.keyOf(path)),
    isFolder: path => isClear(`${path}x`) || naming.prefixOf(path) !== undefined,
    shows: () => true,
    usual: USUAL,
    hides: !hidden,
    rejects: [...naming.rejects, 'not-nfc', 'case-clash', 'prefix-of-other'],
  }
}

/** Whether no rule is broken, as a quick test tells; a UTF-16 code unit takes at most three bytes. */
function isClear(path: string): boolean {
  return USUAL_PATH.test(path) || (path.length * 3 <= MAX_NAME && !SUSPECT.test(path))
}
