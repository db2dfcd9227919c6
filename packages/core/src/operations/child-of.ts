import type { Child } from '../driver.ts'

/** What a key with this prefix is on the level under it: itself, or what it begins with up to the next slash. */
export function childOf(key: string, prefix: string): string {
  const slash = key.indexOf('/', prefix.length)
  return slash < 0 ? key : key.slice(0, slash + 1)
}

/** A text of {@link childOf} as a child. */
export function asChild(text: string, prefix: string): Child {
  return text.includes('/', prefix.length) ? { prefix: text } : { key: text }
}
