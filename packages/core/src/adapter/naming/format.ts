import { printKey } from '../../print-key.ts'

/** How the keys of a place are written, as its mark says. */
export interface Format {
  readonly format: string
  readonly version: number
}

/** What a mark says, or `undefined` for a damaged one. */
export function formatOf(mark: Uint8Array): Format | undefined {
  try {
    const found: Partial<Format> | null = JSON.parse(new TextDecoder().decode(mark))
    return { format: String(found?.format), version: Number(found?.version) }
  } catch {
    return undefined
  }
}

/** The content of a mark. */
export function markFor({ format, version }: Format): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ format, version })}\n`)
}

/** A format for messages. */
export function printFormat({ format, version }: Format): string {
  return `${printKey(format)}, version ${version}`
}
