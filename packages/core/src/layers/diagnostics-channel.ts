import { printValue } from '../print-key.ts'
import type { Hooks, ObservedCall, ObservedEnd } from './guarding/hooks.ts'

/** What is needed of a channel of Node's `diagnostics_channel`. */
export interface ChannelLike {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

/** A channel, or the module that makes them. */
export type ChannelSource = ChannelLike | { channel(name: string): ChannelLike }

/** What is published: a call that begins, and the same one when it has ended. */
export type ChannelMessage =
  | ({ readonly phase: 'start' } & ObservedCall)
  | ({ readonly phase: 'end' } & ObservedEnd)

/** The channel on which the module is asked for. */
const NAME = 'kvdol:call'

/**
 * Hooks for `observed` that publish on a channel of Node's `diagnostics_channel`, and do nothing while nobody has
 * subscribed. It takes a channel, or the module, whose channel `kvdol:call` is used then.
 *
 * @example
 * ```ts
 * import * as channels from 'node:diagnostics_channel'
 * const watched = pipe(files('data'), observed(diagnosticsChannel(channels)))
 * channels.subscribe('kvdol:call', message => console.log(message))
 * ```
 */
export function diagnosticsChannel(source: ChannelSource): Hooks<void> {
  const channel = channelOf(source)
  const publish = (message: ChannelMessage) => {
    if (channel.hasSubscribers) channel.publish(message)
  }
  return {
    start: call => publish({ phase: 'start', ...call }),
    end: call => publish({ phase: 'end', ...call }),
  }
}

function channelOf(source: unknown): ChannelLike {
  const { publish, channel } = Object(source) as Partial<ChannelLike & { channel(name: string): ChannelLike }>
  if (typeof publish === 'function') return source as ChannelLike
  if (typeof channel === 'function') return (source as { channel(name: string): ChannelLike }).channel(NAME)
  throw new TypeError(
    `diagnosticsChannel takes a channel, or the module node:diagnostics_channel, not ${printValue(source)}`,
  )
}
