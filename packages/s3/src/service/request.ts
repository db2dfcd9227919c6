import { call } from '@kvdol/core/adapter'
import { assertAnswer, explained, watchRoot } from './answers.ts'
import type { BucketClient, Link } from './client.ts'
import { type CommandOf, commandOf, type InputOf, type OperationName, type OutputOf } from './sdk.ts'

/** What requests need to know. */
export interface Requesting {
  readonly link: Link
  readonly settings: { readonly timeout: number }
}

/** An answer whose body is still to be read. */
export interface Opened<O> {
  readonly output: O
  /** Ends the transfer of the body. */
  cancel(): void
}

/**
 * Sends a request, given as its input or as the SDK has made it, and waits for the head of the answer, no longer than
 * the timeout. Throws what the SDK throws, `Timeout` or `Aborted`, or an error for an answer that is none of S3.
 */
export async function open<N extends OperationName>(
  { link, settings }: Requesting,
  name: N,
  input: InputOf<N> | CommandOf<N>,
  signal: AbortSignal | undefined,
): Promise<Opened<OutputOf<N>>> {
  const { sdk, client } = await link.connected.get()
  const command = 'middlewareStack' in input ? input : commandOf(sdk, name, input)
  if (name === 'DeleteObjects') watchRoot(command as CommandOf<'DeleteObjects'>)
  const transfer = new AbortController()
  const free = link.connections.take()
  const cancel = () => {
    transfer.abort()
    free()
  }
  try {
    const output = await call(() => send(client, command, transfer.signal), {
      timeout: settings.timeout,
      signal,
      abandon: cancel,
      release: late => guarded(late, free)?.destroy?.(),
    })
    const body = guarded(output, free)
    try {
      assertAnswer(name, output)
    } catch (error) {
      body?.destroy?.()
      throw error
    }
    return { output, cancel }
  } catch (error) {
    cancel()
    throw await explained(error, client)
  }
}

/** {@link open} for answers without a body to be read. */
export async function request<N extends OperationName>(
  requesting: Requesting,
  name: N,
  input: InputOf<N>,
  signal?: AbortSignal,
): Promise<OutputOf<N>> {
  return (await open(requesting, name, input, signal)).output
}

/** The types of the SDK tie each command to its answer, which nothing can say of any command. */
function send<N extends OperationName>(
  client: BucketClient,
  command: CommandOf<N>,
  abortSignal: AbortSignal,
): Promise<OutputOf<N>> {
  return client.send(command as CommandOf<'GetObject'>, { abortSignal }) as Promise<OutputOf<N>>
}

interface NodeBody {
  on?(event: 'error' | 'close', listener: () => void): unknown
  destroy?(): void
}

/**
 * The body of an answer; `free` is called when it has ended, at once where there is none. It may fail before it is read,
 * and an error without a listener ends the process.
 */
function guarded(output: object, free: () => void): NodeBody | undefined {
  const { Body } = output as { Body?: NodeBody }
  if (Body?.on === undefined) free()
  Body?.on?.('error', () => {})
  Body?.on?.('close', free)
  return Body
}
