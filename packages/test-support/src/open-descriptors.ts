import { readdirSync } from 'node:fs'

/**
 * How many descriptors (files, sockets, pipes) a process has open, or `undefined` where the system does not tell. Two
 * counts of one process can be compared; a single one says nothing.
 */
export function openDescriptors(pid: number | 'self' = 'self'): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return undefined
  }
}
