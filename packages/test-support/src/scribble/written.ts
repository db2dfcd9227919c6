/** What the process says after each round of writes; no error message holds it. */
export const WRITTEN = '<written>\n'
