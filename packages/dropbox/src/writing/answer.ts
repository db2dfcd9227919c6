import { call } from '@kvdol/core/adapter'
import { toStoreError } from '../errors.ts'
import type { FileFacts } from '../reading/file-facts.ts'
import { type ContentCall, type Link, notDropbox } from '../service/link.ts'

/** The answer of a request that writes, from JSON; `undefined` for one that says nothing. */
export async function answerOf(link: Link, request: ContentCall): Promise<unknown> {
  const response = await link.content(request)
  const { timeout } = link
  const abandon = () => void response.body?.cancel().catch(() => {})
  try {
    return JSON.parse(await call(() => response.text(), { timeout, signal: request.signal, abandon }))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw toStoreError(error, request.writes === true)
    throw notDropbox(request.writes === true)
  }
}

/** The facts of a file that was written. */
export async function factsOf(link: Link, request: ContentCall): Promise<FileFacts> {
  return (await answerOf(link, request)) as FileFacts
}
