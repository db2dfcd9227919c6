/** Does `work` once, at the first call, and again as long as it fails; `undefined` as soon as it has been done. */
export function once(work: () => Promise<void>): () => Promise<void> | undefined {
  let state: Promise<void> | 'done' | undefined
  return () => {
    if (state === 'done') return undefined
    state ??= work().then(
      () => {
        state = 'done'
      },
      (error: unknown) => {
        state = undefined
        throw error
      },
    )
    return state
  }
}
