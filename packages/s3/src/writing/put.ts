import type { DriverWriteOptions } from '@kvdol/core'
import { retry } from '@kvdol/core/adapter'
import { type BucketContext, place } from '../context.ts'
import { codeOf } from '../errors.ts'
import type { ObjectHeaders } from '../reading/headers.ts'
import { request } from '../service/request.ts'
import { conditionOf, newMark, settle } from './condition.ts'
import { isNested } from './nesting.ts'

/** Stores a value by one request, and what is kept with it. */
export async function putObject(
  context: BucketContext,
  name: string,
  bytes: Uint8Array,
  options: DriverWriteOptions,
  headers: ObjectHeaders,
): Promise<void> {
  const { signal } = options
  const condition = conditionOf(options)
  const mark = condition && newMark(headers)
  const input = {
    ...place(context, name),
    Body: bytes,
    ContentLength: bytes.byteLength,
    ...headers,
    ...condition,
    ...mark,
  }
  const races = new WeakSet<object>()
  const put = async () => {
    try {
      await request(context, 'PutObject', input, signal)
    } catch (error) {
      if (await isRace(context, name, error, options)) races.add(error as Error)
      throw error
    }
  }
  try {
    await retry(put, { pause: 50, signal, when: error => races.has(error as Error) })
  } catch (error) {
    await settle(context, name, error, mark, options)
  }
}

/**
 * Whether a write met another one and nothing is decided, which is not the same as a refusal. Servers that keep objects
 * as files also say that a name is taken when its folder was just removed.
 */
async function isRace(
  context: BucketContext,
  name: string,
  error: unknown,
  { signal }: DriverWriteOptions,
): Promise<boolean> {
  const code = codeOf(error)
  if (code === 'ConditionalRequestConflict') return true
  if (code !== 'ObjectParentIsFile' && code !== 'ExistingObjectIsDirectory') return false
  return !(await isNested(context, name, { signal }))
}
