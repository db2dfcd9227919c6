import type { Subject } from './subject.ts'

/** What a subject may give beside `open`. */
export type HookName = keyof typeof HOOKS

/** What each hook lets the kit prove: for certificates, and for the program to say what is missing. */
export const HOOKS = {
  remove: 'that nothing is left behind; without it every place stays where it was opened',
  reopen:
    'what another process sees: races, halves of writes and batches, old answers (R7, W2, W7, W13, W14)',
  canaries: 'that nothing outside the store is touched (K9, D4, M1)',
  crowd: 'that foreign entries are left alone, and are one thing on every path (L9, N4, N5)',
  outage: 'that a failure is never taken for absence (R1, R2, L7, C5)',
  failWrite: 'what a refused write leaves, by itself and in a batch (W3, W13)',
  damage: 'that a cut value is never a shorter success (R6)',
  slow: 'that the program goes on while the backend takes its time (N10)',
  abandonLock: 'that a lock ends with its holder (N12)',
  otherCore: 'that copies of core know each other (N11)',
  requests: 'that listings are lazy, and refusals cost nothing (L6, N8)',
  resources: 'that what is left is released (L5, S4)',
} as const satisfies Partial<Record<keyof Subject, string>>

/** The hooks that a subject gives, and those that it does not. */
export function hooksOf(subject: Subject): { given: HookName[]; missing: HookName[] } {
  const names = Object.keys(HOOKS) as HookName[]
  return {
    given: names.filter(name => subject[name] !== undefined),
    missing: names.filter(name => subject[name] === undefined),
  }
}
