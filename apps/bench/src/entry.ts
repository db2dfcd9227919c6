import type { Contestant } from './row.ts'

/** A contestant that has still to be opened. */
export interface Entry extends Omit<Contestant, 'run'> {
  readonly open: () => Contestant['run'] | Promise<Contestant['run']>
}

type Open = Entry['open']

export const raw = (name: string, open: Open): Entry => ({ name, role: 'raw', open })
export const ours = (name: string, open: Open): Entry => ({ name, role: 'ours', open })
export const peer = (name: string, note: string, open: Open): Entry => ({
  name,
  role: 'peer',
  ...(note !== '' && { note }),
  open,
})

/** Why a peer did not open, in one line. */
export function absentReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return 'not installed on this platform'
  return String(message ?? error).split('\n')[0]!
}
