import { joinBytes } from '../../../src/adapter.ts'
import {
  at,
  base64,
  compose,
  fromMap,
  json,
  type KeyCodec,
  mapKeys,
  mapValues,
  memory,
  pipe,
  readOnly,
  type Store,
  text,
  type ValueCodec,
} from '../../../src/index.ts'
import { fanout, fields, flatten, malls, mount, overlay } from '../../../src/layers.ts'

type Bytes = Store<string, Uint8Array>

/** A layer that makes a store of bytes of another one. */
export interface Composed {
  readonly over: (store: Bytes) => Bytes
  /** Cases of the kit that mean nothing here, by the beginning of their names, and why. */
  readonly skips?: Readonly<Record<string, string>>
  /** Cases that take long here, and are tried in the long run only. */
  readonly slow?: readonly string[]
  /** Its keys are not those of the store below. */
  readonly ownKeys?: boolean
  /** Bytes that are added to each key. */
  readonly keyOverhead?: number
  /** It is a view of a store of other keys. */
  readonly view?: boolean
}

/** Cases for which the kit opens the driver at the bottom, and gives it keys and values of its own. */
const FOREIGN = { 'N7 a batch takes two': 'the driver takes other keys or values than the view' }
const SHARED = {
  'N8 of two faults': 'the parts of a root stay apart when one is closed',
  'T12 closing a view closes': 'a part of a root leaves the root open',
}

/** The layers that make one store of many, each as a store of bytes over one that is given. */
export const composed: Readonly<Record<string, Composed>> = {
  mount: {
    over: store => at(mount({ 'a/': store, 'other/': memory() }), 'a/'),
    keyOverhead: 2,
    view: true,
    skips: FOREIGN,
  },
  'the top of an overlay': { over: store => overlay([store, readOnly(memory())]) },
  'the base of an overlay': { over: store => overlay([memory(), readOnly(store)]) },
  fanout: {
    over: store => pipe(fanout({ left: store, right: memory() }), mapValues(halves)) as unknown as Bytes,
    view: true,
    skips: FOREIGN,
  },
  flatten: {
    over: store => pipe(flatten(fromMap(new Map([['only', store]]))), mapKeys(second)),
    view: true,
    skips: FOREIGN,
  },
  fields: {
    over: store =>
      pipe(
        fields({ store, key: 'value.json', values: compose(json<Record<string, string>>(), text()) }),
        mapValues(base64()),
      ),
    view: true,
    ownKeys: true,
    // Each reads, decodes and cuts a whole value of text.
    slow: ['S4 leaving a read stream', 'R5 random ranges'],
    skips: FOREIGN,
  },
  malls: {
    over: store => malls(store, { part: (part: Bytes) => part }).part,
    keyOverhead: 5,
    view: true,
    skips: SHARED,
  },
}

type Halves = { left?: Uint8Array; right?: Uint8Array }

const NOTHING = new Uint8Array()

/** The bytes, half in each of two stores. */
const halves: ValueCodec<Uint8Array, Halves> = {
  decode: ({ left = NOTHING, right = NOTHING }) => joinBytes([left, right]),
  encode: bytes => {
    const middle = bytes.byteLength >> 1
    return { left: bytes.slice(0, middle), right: bytes.slice(middle) }
  },
}

const second: KeyCodec<string, readonly [string, string]> = {
  keys: 'string',
  decode: ([first, key]) => (first === 'only' ? key : undefined),
  encode: key => ['only', key],
  prefix: () => ['only'],
}
