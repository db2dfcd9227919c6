import { refused } from './refusal.ts'

const IGNORED =
  /^(?:desktop\.ini|thumbs\.db|\.ds_store|icon\r|\.dropbox|\.dropbox\.attr|~\$.*|\.~.*|~.*\.tmp)$/i

/** Refuses names that the service does not take. */
export function checkName(name: string): void {
  if (name === '' || /[\u0000-\u001f\u007f\\]|[. ]$/.test(name)) throw refused('path/malformed_path')
  if ([...name].length > 255 || /[\u{10000}-\u{10ffff}]/u.test(name) || IGNORED.test(name))
    throw refused('path/disallowed_name')
}
