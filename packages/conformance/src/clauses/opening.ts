import type { Check } from '../check.ts'

/** O1: what every other case counts on. Its work is done once for all cases of a subject, by `Opening`. */
export const opening: readonly Check[] = [
  { clause: 'O1', title: 'open gives an open, empty, new store', needs: [], run: async () => {} },
]
