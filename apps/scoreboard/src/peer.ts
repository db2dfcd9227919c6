import type { ByteStore, Clause } from '@kvdol/conformance'
import type { Driver, DriverMethods, MaybePromise } from '@kvdol/core'

/** What maps a library's documented interface to kvdol's. */
export type PeerDriver = Driver & Required<Pick<DriverMethods, 'get' | 'keys' | 'set' | 'delete'>>

/** What a user of the library meets, shown by a program that uses the library alone. */
export interface Finding {
  /** The clauses that it explains. */
  readonly clauses: readonly Clause[]
  /** One or two sentences in plain words. */
  readonly says: string
  /** The name of the program in `findings/`, without `.mjs`. */
  readonly program: string
  /** What it prints depends on who comes first. */
  readonly race?: boolean
}

/** One store: a row of the table. */
interface Facts {
  /** `'unstorage, fs'` */
  readonly name: string
  /** Where it keeps values, and whether two stores can have that place at once. */
  readonly place: 'memory' | 'folder' | 'locked folder'
  /** Makes all its calls fail from now on. */
  outage?(folder: string): void
}

/** A store of another library. */
export interface Peer extends Facts {
  /** The package whose version is told. */
  readonly package: string
  /** Opens it on a folder of its own, which is not there yet. */
  driver(folder: string): MaybePromise<PeerDriver>
  /** Whether it is tried a second time with keys that any path can hold. */
  readonly encodes?: boolean
  /** Cuts a stored value short, where the library says that it would notice. */
  damage?(folder: string, key: string): Promise<void>
  /** What has to be known about this row, in plain words. */
  readonly note?: string
  readonly findings: readonly Finding[]
}

/** A store of kvdol itself, held to the same. */
export interface Own extends Facts {
  store(folder: string): MaybePromise<ByteStore>
}

export type Contestant = Peer | Own
