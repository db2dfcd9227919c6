import type { ReadOptions } from '@kvdol/core'
import type { Context } from '../context.ts'
import { contentHash } from '../reading/content-hash.ts'
import type { FileFacts } from '../reading/file-facts.ts'
import { factsOf } from './answer.ts'
import { commitInfo, type Mode } from './commit.ts'

/** Writes a file by one request. */
export async function putBytes(
  context: Context,
  name: string,
  body: Uint8Array,
  mode: Mode,
  { signal }: ReadOptions,
): Promise<FileFacts> {
  const arg = { ...commitInfo(context, name, mode), content_hash: contentHash(body) }
  return await factsOf(context.link, { route: 'files/upload', arg, body, writes: true, signal })
}
