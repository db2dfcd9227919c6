import { isStoreError } from '../error.ts'
import { flag } from '../options/kinds.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printKey } from '../print-key.ts'
import type { Hooks, ObservedCall } from './guarding/hooks.ts'

type Attributes = Record<string, string | number>

/** What is needed of a `Tracer` of OpenTelemetry's API. */
export interface TracerLike {
  startSpan(name: string, options?: { kind?: number; attributes?: Attributes }): SpanLike
}

/** What is needed of a `Span`. */
export interface SpanLike {
  setAttributes(attributes: Attributes): unknown
  setStatus(status: { code: number }): unknown
  recordException(exception: Error): void
  end(): void
}

/** What is needed of a `Meter`. */
export interface MeterLike {
  createHistogram(
    name: string,
    options?: { unit?: string; description?: string },
  ): { record(value: number, attributes?: Attributes): void }
  createCounter(
    name: string,
    options?: { unit?: string; description?: string },
  ): { add(value: number, attributes?: Attributes): void }
}

export interface OpenTelemetryOptions {
  /** Gets a span for each call. */
  tracer?: TracerLike | undefined
  /** Gets the histogram `db.client.operation.duration`, in seconds, and the counter `kvdol.client.io`, in bytes. */
  meter?: MeterLike | undefined
  /**
   * Tells keys and messages of errors, which name keys, to the tracer: they may say more than others should know.
   * @default false
   */
  keys?: boolean | undefined
}

const having = (name: string, method: string) =>
  option<object>(
    `a ${name} of OpenTelemetry`,
    value => typeof (Object(value) as Record<string, unknown>)[method] === 'function',
  )

const OPTIONS = {
  tracer: having('tracer', 'startSpan'),
  meter: having('meter', 'createHistogram'),
  keys: flag.or(false),
}

/** Of a span: a call to something outside, and a failure. */
const CLIENT = 2
const ERROR = 2

/**
 * Hooks for `observed` that report to OpenTelemetry, by the names of its conventions for databases: `db.system.name` is
 * the store, `db.operation.name` the method, `error.type` the code of the error. It takes what
 * `trace.getTracer('app')` and `metrics.getMeter('app')` give, and depends on no package.
 *
 * Throws `TypeError` without a tracer and a meter.
 *
 * @example
 * ```ts
 * const measured = pipe(files('data'), observed(openTelemetry({ tracer: trace.getTracer('app') })))
 * ```
 */
export function openTelemetry(options: OpenTelemetryOptions): Hooks<SpanLike | undefined> {
  const { tracer, meter, keys } = settingsOf('openTelemetry', OPTIONS, options) as OpenTelemetryOptions
  if (tracer === undefined && meter === undefined)
    throw new TypeError('openTelemetry needs a tracer, a meter, or both')
  const durations = meter?.createHistogram('db.client.operation.duration', {
    unit: 's',
    description: 'Duration of calls to stores',
  })
  const bytes = meter?.createCounter('kvdol.client.io', {
    unit: 'By',
    description: 'Bytes of values written to and read from stores',
  })
  return {
    start: call =>
      tracer?.startSpan(`${call.op} ${call.store}`, {
        kind: CLIENT,
        attributes: {
          ...attributesOf(call),
          ...(keys && call.key !== undefined && { 'kvdol.key': printKey(call.key) }),
        },
      }),
    end(call, span) {
      const failure: Attributes =
        call.error === undefined
          ? {}
          : { 'error.type': isStoreError(call.error) ? call.error.code : 'Unknown' }
      const attributes = { ...attributesOf(call), ...failure }
      durations?.record(call.duration / 1000, attributes)
      if (call.bytes > 0) bytes?.add(call.bytes, attributes)
      if (span === undefined) return
      span.setAttributes({ 'kvdol.bytes': call.bytes, 'kvdol.items': call.items, ...failure })
      if (call.error !== undefined) span.setStatus({ code: ERROR })
      if (keys && call.error instanceof Error) span.recordException(call.error)
      span.end()
    },
  }
}

function attributesOf({ op, store }: ObservedCall): Attributes {
  return { 'db.system.name': store, 'db.operation.name': op }
}
