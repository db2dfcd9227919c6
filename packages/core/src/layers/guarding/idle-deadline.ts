import type { MaybePromise } from '../../driver.ts'
import { StoreError } from '../../error.ts'
import { aborted, onAbort } from '../../view/abort.ts'

type Chunks = AsyncIterable<Uint8Array>

/**
 * Does `work` on the chunks and rejects `Timeout` when it takes longer than `timeout` milliseconds over one of them, or
 * to end; the time that the source takes for a chunk does not count. `stop` is told the error of a work that is given
 * up.
 */
export function untilIdle(
  chunks: Chunks,
  timeout: number,
  signal: AbortSignal | undefined,
  work: (chunks: Chunks) => MaybePromise<void>,
  stop: (error: StoreError) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const ignore = signal && onAbort(signal, () => giveUp(aborted(signal, true)))
    start()
    const end = () => {
      clearTimeout(timer)
      ignore?.()
    }
    // Also what it throws at once.
    new Promise<void>(done => done(work(watched()))).finally(end).then(resolve, reject)

    function start(): void {
      clearTimeout(timer)
      timer = setTimeout(expire, timeout)
    }

    function expire(): void {
      giveUp(
        new StoreError(
          'Timeout',
          `nothing was taken within ${timeout} ms; if that is too short, raise write`,
          {
            outcome: 'unknown',
          },
        ),
      )
    }

    function giveUp(error: StoreError): void {
      clearTimeout(timer)
      ignore?.()
      reject(error)
      stop(error)
    }

    async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
      const iterator = chunks[Symbol.asyncIterator]()
      try {
        for (;;) {
          clearTimeout(timer)
          const { done, value } = await iterator.next().finally(start)
          if (done) return
          yield value
        }
      } finally {
        await iterator.return?.()
      }
    }
  })
}
