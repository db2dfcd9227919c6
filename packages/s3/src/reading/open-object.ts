import type { ReadOptions } from '@kvdol/core'
import { type BucketContext, place } from '../context.ts'
import { codeOf } from '../errors.ts'
import { type Opened, open } from '../service/request.ts'
import type { InputOf, OutputOf } from '../service/sdk.ts'

export type OpenedObject = Opened<OutputOf<'GetObject'>>

/**
 * Asks for an object; `undefined` when there is none. Only `NoSuchKey` says that: a status alone may be that of a
 * missing bucket, and of a user who is not known.
 */
export async function openObject(
  context: BucketContext,
  name: string,
  input: Pick<InputOf<'GetObject'>, 'Range' | 'IfMatch'>,
  { signal }: ReadOptions,
): Promise<OpenedObject | undefined> {
  try {
    return await open(context, 'GetObject', { ...place(context, name), ...input }, signal)
  } catch (error) {
    if (codeOf(error) === 'NoSuchKey') return undefined
    throw error
  }
}
