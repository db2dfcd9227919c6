/**
 * Longest time for one case of the kit on a server that all cases share, in milliseconds. The machine may be busy, so it
 * only ends what hangs.
 */
export const PATIENCE = 600_000
