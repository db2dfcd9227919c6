import type { ReadOptions } from '@kvdol/core'
import { isStoreError, retry, staging } from '@kvdol/core/adapter'
import type { Context } from '../context.ts'
import { errorOf } from '../errors.ts'
import { contentHash } from '../reading/content-hash.ts'
import { notDropbox } from '../service/link.ts'
import { refusalIn } from '../service/refused-answer.ts'
import { answerOf, factsOf } from './answer.ts'
import { type Commit, commitInfo } from './commit.ts'

/** How much of a value is sent by one request of a session, in bytes. */
export const PART: number = 4 * 1024 * 1024

const ATTEMPTS = 5

/**
 * Sends the blocks to an upload session, one after the other. Nothing is visible before the commit, which may be tried
 * again after a conflict.
 */
export async function sendSession(
  context: Context,
  name: string,
  blocks: AsyncIterable<Uint8Array>,
  { signal }: ReadOptions,
): Promise<Commit> {
  const { link } = context
  const sent = await staging(errorOf, sendAll)
  return mode => {
    const arg = { cursor: sent, commit: commitInfo(context, name, mode) }
    const body = new Uint8Array()
    return factsOf(link, { route: 'files/upload_session/finish', arg, body, writes: true, signal })
  }

  async function sendAll(): Promise<{ session_id: string; offset: number }> {
    let session: string | undefined
    let offset = 0
    for await (const block of blocks) {
      if (session === undefined) session = await begin(block)
      else await append(session, offset, block)
      offset += block.byteLength
    }
    return { session_id: session ?? (await begin(new Uint8Array())), offset }
  }

  async function begin(body: Uint8Array): Promise<string> {
    const arg = { content_hash: contentHash(body) }
    const answer = await answerOf(link, { route: 'files/upload_session/start', arg, body, signal })
    const { session_id } = Object(answer) as { session_id?: unknown }
    if (typeof session_id === 'string') return session_id
    throw notDropbox(false)
  }

  /** Appends a block once: when the answer was lost, the offset that Dropbox wants tells whether it has the block. */
  async function append(session_id: string, offset: number, body: Uint8Array): Promise<void> {
    const arg = { cursor: { session_id, offset }, content_hash: contentHash(body) }
    const work = async () => {
      try {
        await answerOf(link, { route: 'files/upload_session/append_v2', arg, body, signal })
      } catch (error) {
        if (refusalIn(error)?.correctOffset !== offset + body.byteLength) throw error
      }
    }
    const when = (error: unknown) => isStoreError(error, 'Unavailable', 'Timeout') && error.retryable
    await retry(work, { attempts: ATTEMPTS, when, signal })
  }
}
