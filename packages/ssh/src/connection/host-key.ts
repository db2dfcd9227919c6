import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreError } from '@kvdol/core/adapter'
import {
  type KnownHost,
  knownNames,
  knownTypes,
  parseKnownHosts,
  type Standing,
  standingOf,
} from './known-hosts.ts'

/** By what a host is told to be the right one. */
export interface HostTrust {
  /** Public keys (`ssh-ed25519 AAAA…`) or fingerprints (`SHA256:…`). */
  readonly keys: readonly string[]
  /** Files of known hosts; those that do not exist are empty. */
  readonly knownHosts: readonly string[]
  /** The name under which the host is known, where that is not its own. */
  readonly alias: string | undefined
  /** A host that is not known is noted in the first file of known hosts, and trusted from then on. */
  readonly acceptNew: boolean
  /** No key is looked at. */
  readonly any: boolean
}

/** Decides about the key of one host. */
export interface HostVerifier {
  /** The types of the keys by which the host is known, or none. */
  readonly types: readonly string[]
  /** Why the key was refused, once it has been. */
  readonly refusal: StoreError | undefined
  /** Whether the key is the host's. Runs before anything secret is sent. */
  verify(key: Buffer): Promise<boolean>
}

/** A verifier for `host`, with the files of known hosts as they are now. */
export async function hostVerifier(host: string, port: number, trust: HostTrust): Promise<HostVerifier> {
  const known = await readKnownHosts(trust.knownHosts)
  const names = knownNames(host, port, trust.alias)
  const shown = port === 22 ? host : `${host}:${port}`
  let refusal: StoreError | undefined
  let accepted: Buffer | undefined

  function standing(key: Buffer): Standing {
    // Keys are exchanged again from time to time.
    if (accepted?.equals(key)) return 'known'
    if (trust.keys.length > 0) return trust.keys.some(each => isKey(each, key)) ? 'known' : 'changed'
    return standingOf(known, names, key)
  }

  async function isRight(key: Buffer): Promise<boolean> {
    const found = standing(key)
    if (found === 'known') return true
    const [file] = trust.knownHosts
    if (found === 'unknown' && trust.acceptNew && file !== undefined) {
      await noteHost(file, names[0] as string, key)
      accepted = key
      return true
    }
    refusal = refused(found, shown, key)
    return false
  }

  return {
    types: trust.keys.length > 0 ? trust.keys.flatMap(typeOf) : knownTypes(known, names),
    get refusal() {
      return refusal
    },
    async verify(key) {
      if (trust.any) return true
      try {
        return await isRight(key)
      } catch (error) {
        const reason = (error as NodeJS.ErrnoException).code
        refusal = new StoreError(
          'InvalidArgument',
          `the new host cannot be noted in the known hosts (${reason})`,
        )
        return false
      }
    },
  }
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

const SAYS: Readonly<Record<Exclude<Standing, 'known'>, string>> = {
  unknown: 'is not known; compare it with the server, then give it as hostKey or add it to the known hosts',
  changed:
    'is not the one that is known; somebody may be in between. Ask who runs the server before trusting it',
  revoked: 'is marked as revoked in the known hosts',
  authority:
    'would need a certificate (@cert-authority), which is not supported; give the key itself as hostKey',
}

function refused(standing: Exclude<Standing, 'known'>, host: string, key: Buffer): StoreError {
  const detail = `the ${typeIn(key)} key ${fingerprintOf(key)} of ${JSON.stringify(host)} ${SAYS[standing]}`
  return new StoreError('Unavailable', detail, { reason: `host-key-${standing}`, retryable: false })
}

async function readKnownHosts(paths: readonly string[]): Promise<KnownHost[]> {
  const texts = await Promise.all(paths.map(path => readFile(path, 'utf8').catch(absent)))
  return texts.flatMap(parseKnownHosts)
}

/** What a file that does not exist holds. Throws any other error. */
export function absent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
  throw new StoreError('InvalidArgument', `a file of the SSH configuration cannot be read (${error.code})`)
}

async function noteHost(path: string, name: string, key: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await appendFile(path, `${name} ${typeIn(key)} ${key.toString('base64')}\n`, { mode: 0o600 })
}

function isKey(given: string, key: Buffer): boolean {
  if (given.startsWith('SHA256:')) return given.replace(/=+$/, '') === fingerprintOf(key)
  return base64Of(given) === key.toString('base64')
}

/** The key in a line of a `.pub` file, or the key alone. */
function base64Of(given: string): string | undefined {
  return given.split(/\s+/).find(word => word.startsWith('AAAA'))
}

function typeOf(given: string): string[] {
  const base64 = base64Of(given)
  return base64 === undefined ? [] : [typeIn(Buffer.from(base64, 'base64'))]
}

/** A public key begins with its type (RFC 4253, 6.6), which is shown only as far as it is one. */
function typeIn(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  return key.toString('latin1', 4, 4 + Math.min(length, 64)).replace(/[^\w.@-]/g, '?')
}
