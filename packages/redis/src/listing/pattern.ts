/** The pattern of Redis for names that begin with this text, whose characters mean themselves. */
export function startingWith(text: string): string {
  return `${text.replace(/[\\*?[\]^-]/g, '\\$&')}*`
}
