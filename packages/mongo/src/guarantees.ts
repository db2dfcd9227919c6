import type { WriteConcern } from './options.ts'

/** Whether a write that has been acknowledged so survives a loss of power, or only the end of a process. */
export function durabilityOf({ w, journal }: WriteConcern): 'power-loss' | 'crash' {
  return w === 'majority' && journal === true ? 'power-loss' : 'crash'
}

/** The options of calls that keep what the guarantees promise: of every read, and of every write. */
export function callOptions(writeConcern: WriteConcern) {
  return {
    // The primary alone shows every write that has resolved.
    read: { readPreference: 'primary', promoteBuffers: true },
    write: { writeConcern },
  }
}
