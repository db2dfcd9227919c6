import * as channels from 'node:diagnostics_channel'
import { bytes, collect, joined, rejection } from '@kvdol/test-support'
import { metrics, SpanStatusCode } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { createStore, memory, pipe, readStream, rename, type Store, writeStream } from '../../src/index.ts'
import {
  type ChannelMessage,
  diagnosticsChannel,
  type ObservedCall,
  type ObservedEnd,
  observed,
  openTelemetry,
} from '../../src/layers.ts'

type Bytes = Store<string, Uint8Array>

/** An observed memory, and what its hooks were told, in one line each. */
function watched(below: Bytes = memory()) {
  let time = 0
  const told: string[] = []
  const ends: ObservedEnd[] = []
  const store = pipe(
    below,
    observed<Bytes>(
      {
        start: ({ op, key, keys }: ObservedCall) => {
          told.push(`${op} ${String(key ?? keys ?? '')}`.trim())
          return told.length
        },
        end: (call, context) => {
          ends.push(call)
          told.push(`/${call.op} ${context} ${call.bytes}b ${call.items}`)
        },
      },
      { now: () => time++ },
    ),
  )
  return { store, told, ends }
}

describe('hooks', () => {
  it('are told of the start and the end of every method, with key, bytes, duration', async () => {
    const { store, told, ends } = watched()
    await store.set('a', bytes('123'))
    await store.get('a')
    await store.get('absent')
    await store.has('a')
    await store.stat('a')
    await store.delete('absent')
    await rename(store, 'a', 'b')
    expect(told).toEqual([
      'set a',
      '/set 1 3b 0',
      'get a',
      '/get 3 3b 0',
      'get absent',
      '/get 5 0b 0',
      'has a',
      '/has 7 0b 0',
      'stat a',
      '/stat 9 0b 0',
      'delete absent',
      '/delete 11 0b 0',
      'rename a',
      '/rename 13 0b 0',
    ])
    expect(
      ends.every(({ duration, store, error }) => duration === 1 && store === 'memory' && error === undefined),
    ).toBe(true)
  })

  it('are told of listings, batches and streams when they have ended or were left', async () => {
    const { store, told } = watched()
    await store.setMany([
      ['a', bytes('12')],
      ['b', bytes('3')],
    ])
    await collect(store.keys())
    for await (const _ of store.keys()) break
    await store.size()
    await writeStream(store, 'c', [bytes('12'), bytes('345')])
    await joined((await readStream(store, 'c')) as never)
    await readStream(store, 'absent')
    const left = (await readStream(store, 'c')) as ReadableStream<Uint8Array>
    await left.cancel()
    expect(told).toEqual([
      'setMany a,b',
      '/setMany 1 3b 2',
      'keys',
      '/keys 3 0b 2',
      'keys',
      '/keys 5 0b 1',
      'size',
      '/size 7 0b 0',
      'writeStream c',
      '/writeStream 9 5b 0',
      'readStream c',
      '/readStream 11 5b 0',
      'readStream absent',
      '/readStream 13 0b 0',
      'readStream c',
      '/readStream 15 0b 0',
    ])
  })

  it('are told why a call failed, once', async () => {
    const reason = new Error('no power')
    const below = createStore({
      name: 'failing',
      get: () => Promise.reject(reason),
      keys: () => {
        throw reason
      },
      set: () => {
        throw reason
      },
      delete: () => {},
    })
    const { store, ends } = watched(below)
    for (const call of [() => store.get('a'), () => store.set('a', bytes('1')), () => collect(store.keys())])
      expect((await rejection(call())).cause).toBe(reason)
    expect(ends.map(({ op, error }) => [op, (error as { code?: string }).code])).toEqual([
      ['get', 'Unknown'],
      ['set', 'Unknown'],
      ['keys', 'Unknown'],
    ])
    const broken = async function* () {
      yield bytes('1')
      throw reason
    }
    const { store: good, ends: others } = watched()
    expect(await rejection(writeStream(good, 'a', broken()))).toMatchObject({
      code: 'Aborted',
      cause: reason,
    })
    expect(others).toHaveLength(1)
    expect(others[0]?.error).toMatchObject({ code: 'Aborted' })
  })

  it('that throw, at once or later, change no result', async () => {
    const hooks = {
      start: () => {
        throw new Error('start')
      },
      end: async () => {
        throw new Error('end')
      },
    }
    const heard: unknown[] = []
    const store = pipe(memory(), observed<Bytes>([hooks, { end: ({ op }) => void heard.push(op) }]))
    await store.set('a', bytes('1'))
    expect(await store.get('a')).toEqual(bytes('1'))
    expect(await collect(store.keys())).toEqual(['a'])
    expect(heard).toEqual(['set', 'get', 'keys'])
  })

  it('without any the store is what it was', async () => {
    const store = memory()
    expect(pipe(store, observed({}))).toBe(store)
    expect(pipe(store, observed([]))).toBe(store)
  })

  it('of a class are called as its methods', async () => {
    class Counter {
      count = 0
      end() {
        this.count++
      }
    }
    const counter = new Counter()
    await pipe(memory(), observed<Bytes>(counter)).has('a')
    expect(counter.count).toBe(1)
  })
})

describe('OpenTelemetry', () => {
  it('gets a span and measurements of each call, without keys unless they are asked for', async () => {
    for (const keys of [false, true]) {
      const told: unknown[] = []
      const tracer = {
        startSpan(name: string, options: unknown) {
          told.push(['start', name, options])
          return {
            setAttributes: (attributes: unknown) => told.push(['attributes', attributes]),
            setStatus: (status: unknown) => told.push(['status', status]),
            recordException: (error: Error) => void told.push(['exception', error.message]),
            end: () => void told.push(['end']),
          }
        },
      }
      const meter = {
        createHistogram: (name: string) => ({
          record: (value: number, attributes: unknown) => void told.push([name, typeof value, attributes]),
        }),
        createCounter: (name: string) => ({
          add: (value: number, attributes: unknown) => void told.push([name, value, attributes]),
        }),
      }
      const below = memory()
      await below.set('secret', bytes('123'))
      const store = pipe(below, observed<Bytes>(openTelemetry({ tracer, meter, keys })))
      await store.get('secret')
      await rejection(store.set('secret', bytes('1'), { ifAbsent: true }))
      const call = (op: string) => ({ 'db.system.name': 'memory', 'db.operation.name': op })
      const key = keys ? { 'kvdol.key': '"secret"' } : {}
      const failed = { 'error.type': 'Conflict' }
      expect(told).toEqual([
        ['start', 'get memory', { kind: 2, attributes: { ...call('get'), ...key } }],
        ['db.client.operation.duration', 'number', call('get')],
        ['kvdol.client.io', 3, call('get')],
        ['attributes', { 'kvdol.bytes': 3, 'kvdol.items': 0 }],
        ['end'],
        ['start', 'set memory', { kind: 2, attributes: { ...call('set'), ...key } }],
        ['db.client.operation.duration', 'number', { ...call('set'), ...failed }],
        ['kvdol.client.io', 1, { ...call('set'), ...failed }],
        ['attributes', { 'kvdol.bytes': 1, 'kvdol.items': 0, ...failed }],
        ['status', { code: 2 }],
        ...(keys ? [['exception', expect.stringContaining('"secret"')]] : []),
        ['end'],
      ])
      if (!keys) expect(JSON.stringify(told)).not.toContain('secret')
    }
  })

  it('makes spans of the SDK', async () => {
    const spans = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
    const hooks = openTelemetry({ tracer: provider.getTracer('test'), meter: metrics.getMeter('test') })
    const store = pipe(memory(), observed<Bytes>(hooks))
    await store.set('a', bytes('1'))
    await expect(store.set('a', bytes('2'), { ifAbsent: true })).rejects.toMatchObject({ code: 'Conflict' })
    expect(spans.getFinishedSpans().map(({ name, status }) => [name, status.code])).toEqual([
      ['set memory', SpanStatusCode.UNSET],
      ['set memory', SpanStatusCode.ERROR],
    ])
    await provider.shutdown()
  })
})

describe('diagnostics_channel', () => {
  it('carries the start and the end of each call to those who have subscribed', async () => {
    const store = pipe(memory(), observed<Bytes>(diagnosticsChannel(channels)))
    await store.set('a', bytes('1'))
    const heard: ChannelMessage[] = []
    const listen = (message: unknown) => void heard.push(message as ChannelMessage)
    channels.subscribe('kvdol:call', listen)
    try {
      await store.get('a')
    } finally {
      channels.unsubscribe('kvdol:call', listen)
    }
    await store.get('a')
    expect(heard).toEqual([
      { phase: 'start', op: 'get', key: 'a', store: 'memory' },
      {
        phase: 'end',
        op: 'get',
        key: 'a',
        store: 'memory',
        bytes: 1,
        items: 0,
        duration: expect.any(Number),
      },
    ])
  })

  it('takes a channel of your own', async () => {
    const channel = channels.channel('kvdol:test')
    const heard: unknown[] = []
    const listen = (message: unknown) => void heard.push((message as ChannelMessage).phase)
    channel.subscribe(listen)
    try {
      await pipe(memory(), observed<Bytes>(diagnosticsChannel(channel))).get('a')
    } finally {
      channel.unsubscribe(listen)
    }
    expect(heard).toEqual(['start', 'end'])
  })
})

describe('what is given', () => {
  it.each([null, undefined, 5, 'end', [null], [5]])('%j are no hooks', hooks => {
    expect(() => observed(hooks as never)).toThrow(
      /^observed: the hooks are an object with start and end, not /,
    )
  })

  it.each([{ start: 5 }, { end: 'log' }, { strat: () => {} }, [{ end: 5 }]])('%o are refused', hooks => {
    expect(() => observed(hooks as never)).toThrow(/^observed: hooks[: ]/)
  })

  it('a hook of a class that is no function is refused, and what else it has is its own', () => {
    class Broken {
      end = 5
    }
    class Tidy {
      total = 0
      end() {
        this.total++
      }
    }
    expect(() => observed(new Broken() as never)).toThrow(/^observed: hooks: /)
    expect(() => observed(new Tidy())).not.toThrow()
    expect(() => observed({}, { clock: 1 } as never)).toThrow(/^observed has no option/)
    expect(() => observed({}, { now: 5 } as never)).toThrow(/^observed: now/)
  })

  it('hooks of the start are told of it, whatever others have', async () => {
    const heard: string[] = []
    const start = ({ op }: ObservedCall) => void heard.push(op)
    await pipe(memory(), observed<Bytes>({ start })).has('a')
    await pipe(memory(), observed<Bytes>([{ end: () => {} }, { start }])).get('a')
    expect(heard).toEqual(['has', 'get'])
  })

  it('a start has keys for a batch, and a key for everything else', async () => {
    const heard: ObservedCall[] = []
    const store = pipe(memory(), observed<Bytes>({ start: call => void heard.push(call) }))
    await store.setMany([['a', bytes('1')]])
    await store.has('a')
    expect(heard).toEqual([
      { op: 'setMany', keys: ['a'], store: 'memory' },
      { op: 'has', key: 'a', store: 'memory' },
    ])
  })
})

describe('OpenTelemetry, in part', () => {
  /** A meter, and what it was told. */
  function meter() {
    const told: unknown[] = []
    return {
      told,
      createHistogram: (name: string, options?: object) => {
        told.push([name, options])
        return { record: (value: number, attributes: unknown) => void told.push([name, value, attributes]) }
      },
      createCounter: (name: string, options?: object) => {
        told.push([name, options])
        return { add: (value: number, attributes: unknown) => void told.push([name, value, attributes]) }
      },
    }
  }

  it('needs a tracer or a meter', () => {
    expect(() => openTelemetry({})).toThrow('openTelemetry needs a tracer, a meter, or both')
    expect(() => openTelemetry({ tracer: {} as never })).toThrow(
      /^openTelemetry: tracer.*a tracer of OpenTelemetry/,
    )
    expect(() => openTelemetry({ meter: 5 as never })).toThrow(
      /^openTelemetry: meter.*a meter of OpenTelemetry/,
    )
  })

  it('a meter alone measures seconds and bytes, by their units', async () => {
    const measured = meter()
    let time = 0
    const now = () => {
      time += 250
      return time
    }
    const store = pipe(memory(), observed<Bytes>(openTelemetry({ meter: measured }), { now }))
    await store.has('a')
    await store.set('a', bytes('123'))
    const of = (op: string) => ({ 'db.system.name': 'memory', 'db.operation.name': op })
    expect(measured.told).toEqual([
      ['db.client.operation.duration', { unit: 's', description: 'Duration of calls to stores' }],
      ['kvdol.client.io', { unit: 'By', description: 'Bytes of values written to and read from stores' }],
      ['db.client.operation.duration', 0.25, of('has')],
      ['db.client.operation.duration', 0.25, of('set')],
      ['kvdol.client.io', 3, of('set')],
    ])
  })

  it('a tracer alone makes spans; an error of no store is Unknown', async () => {
    const told: unknown[] = []
    const span = {
      setAttributes: (attributes: unknown) => void told.push(attributes),
      setStatus: (status: unknown) => void told.push(status),
      recordException: () => {},
      end: () => void told.push('end'),
    }
    const hooks = openTelemetry({ tracer: { startSpan: () => span } })
    await pipe(memory(), observed<Bytes>(hooks)).has('a')
    const call = { op: 'get', key: 'a', store: 'own', duration: 1, bytes: 0, items: 0 } as const
    hooks.end?.({ ...call, error: new Error('other') } as ObservedEnd, span)
    expect(told).toEqual([
      { 'kvdol.bytes': 0, 'kvdol.items': 0 },
      'end',
      { 'kvdol.bytes': 0, 'kvdol.items': 0, 'error.type': 'Unknown' },
      { code: 2 },
      'end',
    ])
  })
})

describe('a channel', () => {
  it('is a channel or the module of channels', () => {
    for (const source of [undefined, null, {}, 'kvdol:call'])
      expect(() => diagnosticsChannel(source as never)).toThrow(
        /^diagnosticsChannel takes a channel, or the module node:diagnostics_channel, not /,
      )
  })
})
