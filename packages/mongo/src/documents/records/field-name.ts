/** Whether MongoDB takes a name as that of one field, and not as a path or an operator. */
export function isFieldName(name: string): boolean {
  return name !== '' && !/^\$|[.\0]/.test(name) && name.isWellFormed()
}
