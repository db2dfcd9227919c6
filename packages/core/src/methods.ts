import type { DriverMethods } from './driver.ts'

/** What core knows of a method of drivers. */
export interface MethodFacts {
  /** The methods that it must agree with: a layer that changes one of them drops this one to its derived form. */
  readonly from: readonly DriverMethod[]
  /** What the store does without it. */
  readonly otherwise: 'required' | 'derived' | 'Unsupported'
  /** It changes what is stored. */
  readonly writes: boolean
}

/** A method of drivers that does work; `close` only releases. */
export type DriverMethod = Exclude<keyof DriverMethods, 'close'>

const required = (writes: boolean): MethodFacts => ({ from: [], otherwise: 'required', writes })
const reads = (...from: DriverMethod[]): MethodFacts => ({ from, otherwise: 'derived', writes: false })
const writes = (...from: DriverMethod[]): MethodFacts => ({ from, otherwise: 'derived', writes: true })
/** A method that cannot be derived in every store. */
const only = (facts: MethodFacts): MethodFacts => ({ ...facts, otherwise: 'Unsupported' })

/** Every method, once: leaving one out is a type error here, and a new method is described nowhere else. */
export const METHODS: { readonly [M in DriverMethod]-?: MethodFacts } = {
  get: required(false),
  keys: required(false),
  set: required(true),
  delete: required(true),
  has: reads('get'),
  stat: reads('get'),
  size: reads('keys'),
  keyPages: reads('keys'),
  getMany: reads('get'),
  entryPages: reads('get', 'keys'),
  readStream: reads('get'),
  setMany: writes('set'),
  deleteMany: writes('delete'),
  writeStream: writes('set'),
  rename: writes('get', 'set', 'delete'),
  getWithStat: reads('get', 'stat'),
  children: reads('keys'),
  batch: writes('set', 'delete', 'setMany'),
  remove: only(writes('get', 'delete')),
  watch: only(reads('keys', 'set', 'delete')),
  pathOf: only(reads('get', 'set')),
  urlOf: only(reads('get')),
}

export const METHOD_NAMES = Object.keys(METHODS) as readonly DriverMethod[]
