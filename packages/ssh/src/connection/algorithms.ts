import type { Algorithms as Offered } from 'ssh2'

/** Algorithms to offer, by kind, the preferred first. Names as in `ssh2`. */
export interface Algorithms {
  readonly kex?: readonly string[] | undefined
  readonly cipher?: readonly string[] | undefined
  readonly hmac?: readonly string[] | undefined
  readonly serverHostKey?: readonly string[] | undefined
  readonly compress?: readonly string[] | undefined
}

/** Without SHA-1, CBC, DSA and 1,024-bit groups: what OpenSSH 9 offers, as far as `ssh2` has it. */
const STRONG = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group-exchange-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  compress: ['none'],
} satisfies Algorithms

/** What there are algorithms for. */
export const ALGORITHM_KINDS: readonly string[] = Object.keys(STRONG)

/** What to offer to a host. It is asked for a key of a type by which it is known, if there is one. */
export function offered(given: Algorithms | undefined, knownTypes: readonly string[]): Offered {
  const chosen = Object.entries(given ?? {}).filter(([, names]) => names !== undefined)
  const wanted: typeof STRONG = { ...STRONG, ...Object.fromEntries(chosen) }
  const isKnown = (name: string) => knownTypes.includes(name.startsWith('rsa-sha2-') ? 'ssh-rsa' : name)
  const keys = [...wanted.serverHostKey]
  const serverHostKey = [...keys.filter(isKnown), ...keys.filter(name => !isKnown(name))]
  return { ...wanted, serverHostKey } as Offered
}
