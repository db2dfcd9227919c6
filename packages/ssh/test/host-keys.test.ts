import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bytes, closedAfterTest, rejection, temporaryFolder, text } from '@kvdol/test-support'
import ssh2, { type ServerConfig } from 'ssh2'
import { beforeEach, describe, expect, it } from 'vitest'
import { knownNames, parseKnownHosts, standingOf } from '../src/connection/known-hosts.ts'
import { type Algorithms, type SftpOptions, sftp } from '../src/index.ts'
import { keyPair } from './support/key-pair.ts'
import { PASSWORD, type ScriptedServer, scriptedServer } from './support/scripted-server.ts'

const pair = keyPair

let server: ScriptedServer
let folder = ''
beforeEach(async () => {
  server = await scriptedServer()
  folder = temporaryFolder()
})

/** A file of known hosts with these lines. */
function knownHosts(...lines: string[]): string {
  const file = path.join(folder, 'known_hosts')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

function open(trust: Pick<SftpOptions, 'hostKey' | 'knownHosts' | 'insecureAcceptAnyHostKey' | 'sshConfig'>) {
  return closedAfterTest(
    sftp({ ...server.connection, hostKey: undefined, replace: 'delete-first', ...trust }),
  )
}

/** The store refuses its host for this reason, and nothing secret has been sent. */
async function refuses(store: ReturnType<typeof open>, reason: string): Promise<void> {
  const error = await rejection(store.set('a', bytes('x')))
  expect(error).toMatchObject({ code: 'Unavailable', reason, retryable: false, outcome: 'not-applied' })
  expect(error.message).toContain('SHA256:')
  expect(server.attempts).toEqual([])
}

const address = () => `[127.0.0.1]:${server.port}`

describe('a host', () => {
  it('is refused before any credential is sent when nothing is known of it', async () => {
    await refuses(open({ knownHosts: path.join(folder, 'missing') }), 'host-key-unknown')
    await refuses(open({ knownHosts: knownHosts(`example.org ${server.hostKey}`) }), 'host-key-unknown')
  })

  it('is refused when its key has changed, whatever is accepted of new hosts', async () => {
    await refuses(open({ knownHosts: knownHosts(`${address()} ${pair().public}`) }), 'host-key-changed')
    await refuses(open({ hostKey: pair().public }), 'host-key-changed')
    const config = path.join(folder, 'config')
    writeFileSync(config, `Host *\n  StrictHostKeyChecking accept-new\n`)
    const file = knownHosts(`${address()} ${pair().public}`)
    const before = readFileSync(file, 'utf8')
    await refuses(open({ knownHosts: file, sshConfig: config }), 'host-key-changed')
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it('is refused when its key is revoked, or would need a certificate', async () => {
    const file = knownHosts(`${address()} ${server.hostKey}`, `@revoked * ${server.hostKey}`)
    await refuses(open({ knownHosts: file }), 'host-key-revoked')
    await refuses(
      open({ knownHosts: knownHosts(`@cert-authority * ${pair().public}`) }),
      'host-key-authority',
    )
  })

  it('is known by its key, its fingerprint or a file', async () => {
    const key = server.hostKey
    const [, base64 = ''] = key.split(' ')
    const { createHash } = await import('node:crypto')
    const print = createHash('sha256')
      .update(Buffer.from(base64, 'base64'))
      .digest('base64')
      .replace(/=+$/, '')
    for (const trust of [
      { hostKey: key },
      { hostKey: [pair().public, base64] },
      { hostKey: `SHA256:${print}` },
      { knownHosts: knownHosts(`${address()} ${key}`) },
      { knownHosts: [path.join(folder, 'missing'), knownHosts(`127.0.0.1 ${key}`)] },
      { insecureAcceptAnyHostKey: true },
    ]) {
      const store = open(trust)
      await store.set('a', bytes('x'))
      expect(text(await store.get('a'))).toBe('x')
    }
    expect(server.attempts.every(({ method }) => method === 'password')).toBe(true)
  })

  it('that is new is noted and recognised from then on, where the configuration says so', async () => {
    const config = path.join(folder, 'config')
    const file = path.join(folder, 'new', 'hosts')
    writeFileSync(
      config,
      `Host 127.0.0.1\n  StrictHostKeyChecking accept-new\n  UserKnownHostsFile ${file}\n`,
    )
    await open({ sshConfig: config }).set('a', bytes('x'))
    expect(readFileSync(file, 'utf8')).toBe(`${address()} ${server.hostKey.trim()}\n`)
    await open({ sshConfig: config }).set('a', bytes('y'))
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1)
    const other = await scriptedServer()
    writeFileSync(file, `[127.0.0.1]:${other.port} ${server.hostKey}\n`)
    server = other
    await refuses(open({ sshConfig: config }), 'host-key-changed')
  })

  it('is asked for the type of key by which it is known', async () => {
    const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
    const { private: ed25519 } = pair()
    server = await scriptedServer({ hostKeys: [ed25519, rsa.private] })
    const store = open({ knownHosts: knownHosts(`${address()} ${rsa.public}`) })
    await store.set('a', bytes('x'))
    expect(await store.has('a')).toBe(true)
  })

  it('needs a way to be recognised, or words that say that it needs none', () => {
    const { hostKey: _, ...connection } = server.connection
    expect(() => sftp(connection)).toThrow(/how is the host to be recognised\? Give hostKey or knownHosts/)
    expect(() => sftp({ ...server.connection, insecureAcceptAnyHostKey: true })).toThrow(TypeError)
    expect(() => sftp({ ...connection, hostKey: 'MD5:00' })).toThrow(/hostKey is a public key/)
  })
})

describe('algorithms', () => {
  const weak: [string, NonNullable<ServerConfig['algorithms']>][] = [
    ['kex', { kex: ['diffie-hellman-group14-sha1'] }],
    ['cipher', { cipher: ['aes128-cbc'] }],
    // Other ciphers need no algorithm of their own for this.
    ['hmac', { cipher: ['aes128-ctr'], hmac: ['hmac-sha1'] }],
  ]

  it.each(weak)('a host that has only weak ones of %s is refused', async (_, algorithms) => {
    server = await scriptedServer({ algorithms })
    const error = await rejection(open({ hostKey: server.hostKey }).get('a'))
    expect(error).toMatchObject({ code: 'Unavailable', retryable: false })
    expect(error.message).toMatch(/no strong algorithm in common/)
    expect(server.attempts).toEqual([])
    const store = closedAfterTest(sftp({ ...server.connection, algorithms: algorithms as Algorithms }))
    expect(await store.get('a')).toBe(undefined)
  })

  it('a host whose key is signed by SHA-1 is refused', async () => {
    const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
    server = await scriptedServer({ algorithms: { serverHostKey: ['ssh-rsa'] } }, rsa)
    const error = await rejection(open({ hostKey: server.hostKey }).get('a'))
    expect(error).toMatchObject({ code: 'Unavailable', retryable: false })
    expect(server.attempts).toEqual([])
  })
})

describe('known hosts', () => {
  const key = Buffer.from('a key')
  const other = Buffer.from('another key')
  const line = (names: string, of = key, marker = '') =>
    `${marker}${names} ssh-ed25519 ${of.toString('base64')} comment`
  const standing = (lines: string[], host: string, port = 22, alias?: string) =>
    standingOf(parseKnownHosts(lines.join('\n')), knownNames(host, port, alias), key)
  const hashed = (name: string) => {
    const salt = randomBytes(20)
    return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
  }

  it.each([
    ['a plain name', ['host.org'], 'host.org', 22, 'known'],
    ['a name in other case', ['Host.ORG'], 'HOST.org', 22, 'known'],
    ['one of several names', ['a.org,host.org,10.0.0.1'], 'host.org', 22, 'known'],
    ['another name', ['host.org'], 'host.organ', 22, 'unknown'],
    ['a dot is no wildcard', ['host.org'], 'hostxorg', 22, 'unknown'],
    ['a star', ['*.org'], 'deep.host.org', 22, 'known'],
    ['a question mark', ['host?.org'], 'host1.org', 22, 'known'],
    ['a question mark stands for one character', ['host?.org'], 'host.org', 22, 'unknown'],
    ['a negation', ['*.org,!bad.org'], 'bad.org', 22, 'unknown'],
    ['a negation of others', ['*.org,!bad.org'], 'good.org', 22, 'known'],
    ['a negation alone', ['!bad.org'], 'good.org', 22, 'unknown'],
    ['a port', ['[host.org]:2222'], 'host.org', 2222, 'known'],
    ['another port', ['[host.org]:2222'], 'host.org', 2223, 'unknown'],
    ['a port that is not said', ['[host.org]:2222'], 'host.org', 22, 'unknown'],
    ['a plain name on another port', ['host.org'], 'host.org', 2222, 'known'],
    ['a pattern with a port', ['[*.org]:2222'], 'host.org', 2222, 'known'],
    ['an IPv6 address', ['[::1]:2222'], '::1', 2222, 'known'],
    ['a hash', [hashed('host.org')], 'host.org', 22, 'known'],
    ['a hash with a port', [hashed('[host.org]:2222')], 'host.org', 2222, 'known'],
    ['the hash of another', [hashed('host.org')], 'other.org', 22, 'unknown'],
    ['a hash that is none', ['|2|a|b', '|1||', '|1|%|%'], 'host.org', 22, 'unknown'],
  ])('%s', (_, names, host, port, wanted) => {
    expect(
      standing(
        names.map(name => line(name)),
        host,
        port,
      ),
    ).toBe(wanted)
  })

  it('an alias is the only name', () => {
    expect(standing([line('nas')], 'host.org', 2222, 'nas')).toBe('known')
    expect(standing([line('host.org')], 'host.org', 22, 'nas')).toBe('unknown')
  })

  it('another key under the same name is a change, one under the plain name is not', () => {
    expect(standing([line('host.org', other)], 'host.org')).toBe('changed')
    expect(standing([line('host.org', other), line('host.org')], 'host.org')).toBe('known')
    expect(standing([line('host.org', other)], 'host.org', 2222)).toBe('unknown')
    expect(standing([line('*', other)], 'host.org', 2222)).toBe('changed')
  })

  it('markers count wherever they stand', () => {
    expect(standing([line('host.org'), line('*', key, '@revoked ')], 'host.org')).toBe('revoked')
    expect(standing([line('*', other, '@revoked '), line('host.org')], 'host.org')).toBe('known')
    expect(standing([line('*', key, '@cert-authority ')], 'host.org')).toBe('authority')
    expect(standing([line('host.org', key, '@unheard-of ')], 'host.org')).toBe('unknown')
  })

  it('comments, empty and damaged lines say nothing', () => {
    const lines = [
      '# host.org ssh-ed25519 AAAA',
      '',
      '   ',
      'host.org',
      'host.org ssh-ed25519',
      'host.org ssh-ed25519 %%%',
    ]
    expect(parseKnownHosts(lines.join('\n'))).toEqual([])
    expect(parseKnownHosts(`  ${line('host.org')}\r\n`)).toHaveLength(1)
  })

  it('a hostile pattern costs no time', () => {
    const pattern = `${'*a'.repeat(2000)}b`
    const begun = process.cpuUsage()
    expect(standing([line(pattern)], `${'a'.repeat(20_000)}`)).toBe('unknown')
    expect(process.cpuUsage(begun).user).toBeLessThan(5_000_000)
  })
})

it('shows no password to a host that it does not know', async () => {
  const error = await rejection(open({ knownHosts: knownHosts() }).get('a'))
  expect(JSON.stringify([error, String(error.cause), error.stack])).not.toContain(PASSWORD)
})
