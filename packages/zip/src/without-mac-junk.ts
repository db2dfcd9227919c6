/**
 * Accepts keys that are not the files macOS adds to archives and folders: `__MACOSX/…`, `.DS_Store`, `._name`; for
 * `filterKeys`.
 *
 * @example
 * ```ts
 * const photos = pipe(zip('photos.zip'), filterKeys(withoutMacJunk))
 * ```
 */
export function withoutMacJunk(key: string): boolean {
  const name = key.slice(key.lastIndexOf('/') + 1)
  return !(key.startsWith('__MACOSX/') || name === '.DS_Store' || name.startsWith('._'))
}
