/** Whether a statement changes nothing, so that it makes no difference whether it has run. */
export function isRead(text: string): boolean {
  return /^\s*(select|show|pragma)\b/i.test(text)
}
