/**
 * Whether a name is more than the relative path of a file: absolute, with a drive, with backslashes, control
 * characters, or segments that are empty, `.` or `..`. Written to a folder as it is, it could end up elsewhere.
 */
export function isUnsafeName(name: string): boolean {
  if (/[\0-\x1f\x7f\\]/.test(name) || /^[A-Za-z]:/.test(name)) return true
  return name.split('/').some(segment => segment === '' || segment === '.' || segment === '..')
}
