import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { buildConnector } from 'undici'
import { failure } from '../errors.ts'
import { type Allow, addressTest } from './address-policy.ts'

/** Finds the addresses of a host, as `lookup` of `node:dns` does. */
export type Lookup = LookupFunction

export interface ConnectOptions {
  readonly allow: Allow
  readonly lookup?: Lookup | undefined
  /** Certificates of authorities to trust besides the usual ones, as PEM. */
  readonly ca?: readonly string[] | undefined
  /** Milliseconds, from the lookup of the name to the end of the handshake. */
  readonly timeout: number
}

/**
 * Opens connections to allowed addresses only. A name is looked up once, and the connection goes to an address that
 * was checked, so a name that changes its address in between gains nothing; numeric hosts are checked as well.
 */
export function connector({ allow, lookup, ca, timeout }: ConnectOptions): buildConnector.connector {
  const allowed = addressTest(allow)
  const resolve = lookup ?? (systemLookup as Lookup)
  const connect = buildConnector({
    timeout,
    ...(ca && { ca: [...rootCertificates, ...ca] }),
    lookup: allowed === undefined ? resolve : vetted(resolve, allowed),
  } as buildConnector.BuildOptions)
  if (allowed === undefined) return connect
  return (options, done) => {
    if (isIP(options.hostname) === 0 || allowed(options.hostname)) connect(options, done)
    else queueMicrotask(() => done(refusedAddress(), null))
  }
}

/** A lookup that gives allowed addresses only. */
function vetted(resolve: Lookup, allowed: (address: string) => boolean): Lookup {
  return (hostname, options, done) => {
    const all = { ...options, all: true } as LookupOptions
    resolve(hostname, all, (error, found) => {
      if (error !== null) return done(error, [])
      const good = (found as LookupAddress[]).filter(({ address }) => allowed(address))
      const [first] = good
      if (first === undefined) return done(refusedAddress() as NodeJS.ErrnoException, [])
      if (options.all === true) done(null, good)
      else done(null, first.address, first.family)
    })
  }
}

/** The address itself is not told: it would show what names stand for in somebody's network. */
function refusedAddress(): Error {
  return failure('PermissionDenied', 'the host has no address that is allowed here (option allow)', 'address')
}
