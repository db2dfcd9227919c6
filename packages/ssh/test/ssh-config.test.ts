import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { withService } from '@kvdol/services'
import { afterTest, bytes, closedAfterTest, rejection, temporaryFolder, text } from '@kvdol/test-support'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { targetOf } from '../src/connection/target.ts'
import { expandPath, hostConfig, manyOf, oneOf, readUserConfig } from '../src/connection/user-config.ts'
import { type SftpOptions, sftp } from '../src/index.ts'
import { sftpSettings } from '../src/options.ts'
import { keyPair } from './support/key-pair.ts'
import { dataFolder, openSshAt } from './support/openssh.ts'

let home = ''
beforeEach(() => {
  home = temporaryFolder()
  mkdirSync(path.join(home, '.ssh'))
  vi.stubEnv('HOME', home)
  vi.stubEnv('SSH_AUTH_SOCK', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const write = (name: string, content: string) => {
  const file = path.join(home, '.ssh', name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}
const target = (options: SftpOptions) =>
  targetOf(sftpSettings({ root: '/data', sshConfig: true, ...options }))

describe('the configuration of the user', () => {
  it('first come, first served; names of options in any case; patterns of hosts', async () => {
    write(
      'config',
      `
Host box *.lan !secret.lan
  hostname %h.example.org
  PORT 2222
Host *
  User ann
  Port 1
`,
    )
    expect(await target({ host: 'box' })).toMatchObject({
      host: 'box.example.org',
      port: 2222,
      username: 'ann',
    })
    expect(await target({ host: 'a.lan' })).toMatchObject({ host: 'a.lan.example.org' })
    expect(await target({ host: 'secret.lan' })).toMatchObject({ host: 'secret.lan', port: 1 })
    // What the caller says comes before.
    expect(await target({ host: 'box', port: 3, username: 'bob' })).toMatchObject({
      port: 3,
      username: 'bob',
    })
  })

  it('is not needed', async () => {
    expect(await target({ host: 'box' })).toMatchObject({ host: 'box', port: 22, jumps: [] })
    expect((await target({ host: 'box' })).trust.knownHosts[0]).toBe(path.join(home, '.ssh', 'known_hosts'))
  })

  it('is not read unless it is asked for', async () => {
    write('config', 'Host *\n  HostName evil.example.org\n')
    write('id_ed25519', keyPair().private)
    const plain = await target({ host: 'box', sshConfig: false, hostKey: 'SHA256:'.padEnd(50, 'x') })
    expect(plain).toMatchObject({ host: 'box', credentials: { keys: [] } })
    expect(plain.trust.knownHosts).toEqual([])
  })

  it('includes other files, by patterns too, and not itself for ever', async () => {
    write('config', 'Include conf.d/*.conf\nHost *\n  User last\n')
    write('conf.d/1.conf', 'Host one\n  User first\n')
    write('conf.d/2.conf', 'Host two\n  User second\n')
    write('conf.d/ignored.txt', 'Host *\n  User wrong\n')
    const users = await Promise.all(
      ['one', 'two', 'three'].map(async host => (await target({ host })).username),
    )
    expect(users).toEqual(['first', 'second', 'last'])
    write('conf.d/3.conf', 'Include ~/.ssh/conf.d/3.conf\n')
    expect(await rejection(target({ host: 'one' }))).toMatchObject({ code: 'InvalidArgument' })
    write('conf.d/3.conf', 'Host *\n  Include other\n')
    expect((await rejection(target({ host: 'one' }))).message).toContain('Include below Host')
  })

  it('runs nothing', async () => {
    const proof = path.join(home, 'ran')
    write('config', `Match exec "touch ${proof}"\n  User evil\nHost proxied\n  ProxyCommand touch ${proof}\n`)
    expect((await target({ host: 'box' })).username).not.toBe('evil')
    expect((await rejection(target({ host: 'proxied' }))).message).toContain('proxycommand')
    expect(existsSync(proof)).toBe(false)
  })

  it('says which host keys are trusted', async () => {
    write(
      'config',
      `Host a\n  UserKnownHostsFile ~/one "%d/.ssh/two words"\n  HostKeyAlias nas\n  StrictHostKeyChecking accept-new\nHost b\n  StrictHostKeyChecking no\n`,
    )
    const { trust } = await target({ host: 'a' })
    expect(trust).toMatchObject({ alias: 'nas', acceptNew: true, any: false })
    expect(trust.knownHosts.slice(0, 2)).toEqual([
      path.join(home, 'one'),
      path.join(home, '.ssh', 'two words'),
    ])
    // Nothing makes this package accept any host but its own option.
    expect((await target({ host: 'b' })).trust).toMatchObject({ acceptNew: false, any: false })
  })

  it('leads over other hosts', async () => {
    write(
      'config',
      `
Host box
  ProxyJump bob@first:2201,second
Host second
  HostName second.example.org
  User carl
Host first
  ProxyJump zero
Host ring
  ProxyJump ring
Host direct
  ProxyJump none
`,
    )
    const { jumps } = await target({ host: 'box', password: 'canary', privateKey: undefined })
    expect(jumps.map(({ host, port, username }) => [host, port, username])).toEqual([
      ['zero', 22, expect.any(String)],
      ['first', 2201, 'bob'],
      ['second.example.org', 22, 'carl'],
    ])
    expect(jumps.every(({ credentials }) => credentials.password === undefined)).toBe(true)
    expect((await target({ host: 'direct' })).jumps).toEqual([])
    expect((await rejection(target({ host: 'ring' }))).message).toContain('in a circle')
  })

  it('that makes no sense is refused with the word', async () => {
    write('config', 'Host a\n  Port many\nHost b\n  ProxyJump a b c\nHost c\n  HostName "half\n')
    for (const [host, words] of [
      ['a', /is no SSH configuration/],
      ['b', /is no SSH configuration/],
    ] as const)
      expect((await rejection(target({ host }))).message).toMatch(words)
    write('config', 'Host a\n  Port many\nHost b\n  ProxyJump a b c\n')
    expect((await rejection(target({ host: 'a' }))).message).toContain('Port "many"')
    expect((await rejection(target({ host: 'b' }))).message).toContain('ProxyJump "a b c"')
  })

  it('knows tokens', async () => {
    vi.stubEnv('KVDOL_PLACE', '/place')
    expect(expandPath('~/x/%h/%r-%%p', { h: 'host', r: 'ann' })).toBe(path.join(home, 'x/host/ann-%p'))
    expect(expandPath(`\${KVDOL_PLACE}/\${MISSING}`, {})).toBe(`/place/\${MISSING}`)
    const config = hostConfig(
      await readUserConfig(write('other', 'User a\nIdentityFile x\nIdentityFile y\n')),
      'h',
    )
    expect([oneOf(config, 'user'), manyOf(config, 'identityfile'), manyOf(config, 'none')]).toEqual([
      'a',
      ['x', 'y'],
      [],
    ])
  })
})

await withService('openssh', url => {
  const server = openSshAt(url)
  const { host, port, username } = server.connection

  /** A configuration that leads to the server under the name `box`. */
  const configure = (more = '', known = server.connection.knownHosts) =>
    write(
      'config',
      `Host box jump\n  HostName ${host}\n  Port ${port}\n  User ${username}\n  UserKnownHostsFile ${known}\n${more}`,
    )
  const open = (options: SftpOptions = {}) =>
    closedAfterTest(sftp({ host: 'box', sshConfig: true, root: `${dataFolder(server)}/root`, ...options }))
  const works = async (options?: SftpOptions) => {
    const store = open(options)
    await store.set('a', bytes('x'))
    expect(text(await store.get('a'))).toBe('x')
  }
  const identity = () => {
    const file = path.join(home, '.ssh', 'own')
    copyFileSync(server.identity, file)
    chmodSync(file, 0o600)
    return file
  }

  describe('with a real server', () => {
    it('an identity file lets in, also one of the usual names', async () => {
      configure(`  IdentityFile ${identity()}\n`)
      await works()
      configure()
      copyFileSync(server.identity, path.join(home, '.ssh', 'id_ed25519'))
      await works()
    })

    it('a locked identity file needs its passphrase', async () => {
      const file = identity()
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'canary phrase', '-f', file])
      configure(`  IdentityFile ${file}\n`)
      expect(await rejection(open().get('a'))).toMatchObject({ code: 'Unauthenticated' })
      await works({ passphrase: 'canary phrase' })
      await works({ passphrase: 'canary phrase', privateKey: readFileSync(file), sshConfig: true })
      const wrong = await rejection(open({ passphrase: 'wrong', privateKey: readFileSync(file) }).get('a'))
      expect(wrong).toMatchObject({ code: 'InvalidArgument', message: expect.stringContaining('passphrase') })
    })

    it('an agent lets in, with those of its keys that are named', async () => {
      const socket = path.join(home, 'agent')
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
      afterTest(() => agent.kill())
      await once(agent.stdout, 'data')
      execFileSync('ssh-add', ['-q', identity()], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
      configure(`  IdentityAgent ${socket}\n`)
      await works()
      const other = path.join(home, '.ssh', 'other')
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
      configure(`  IdentityAgent ${socket}\n  IdentitiesOnly yes\n  IdentityFile ${other}\n`)
      expect(await rejection(open().get('a'))).toMatchObject({ code: 'Unauthenticated' })
      copyFileSync(`${server.identity}.pub`, path.join(home, '.ssh', 'held.pub'))
      configure(`  IdentityAgent ${socket}\n  IdentitiesOnly yes\n  IdentityFile ~/.ssh/held\n`)
      await works()
      // The options say the same without a configuration.
      configure('  IdentityAgent none\n')
      await works({ agent: socket })
      vi.stubEnv('SSH_AUTH_SOCK', socket)
      await works({ agent: true })
      vi.stubEnv('SSH_AUTH_SOCK', '')
      expect(await rejection(open({ agent: true }).get('a'))).toMatchObject({ code: 'InvalidArgument' })
      // An agent that is not there is none.
      configure(`  IdentityAgent ${socket}-missing\n  IdentityFile ${identity()}\n`)
      await works()
    })

    it('a host on the way is recognised as the last one is', async () => {
      configure(
        `  IdentityFile ${identity()}\nHost far\n  HostName ${host}\n  Port ${port}\n  User ${username}\n  IdentityFile ${identity()}\n  UserKnownHostsFile ${server.connection.knownHosts}\n  ProxyJump jump\n`,
      )
      await works({ host: 'far' })
      const stranger = write('strangers', `[${host}]:${port} ${keyPair().public}\n`)
      write(
        'config',
        `Host jump\n  HostName ${host}\n  Port ${port}\n  User ${username}\n  UserKnownHostsFile ${stranger}\nHost far\n  HostName ${host}\n  Port ${port}\n  User ${username}\n  IdentityFile ${identity()}\n  UserKnownHostsFile ${server.connection.knownHosts}\n  ProxyJump jump\n`,
      )
      expect(await rejection(open({ host: 'far' }).get('a'))).toMatchObject({
        code: 'Unavailable',
        reason: 'host-key-changed',
      })
      configure(`  IdentityFile ${identity()}\nHost far\n  HostName 127.0.0.1\n  Port 1\n  ProxyJump jump\n`)
      expect(await rejection(open({ host: 'far' }).get('a'))).toMatchObject({ code: 'Unavailable' })
    })

    it('an alias is the name under which the host is known', async () => {
      const known = write(
        'known',
        readFileSync(server.connection.knownHosts, 'utf8').replaceAll(`[${host}]:${port}`, 'nas'),
      )
      configure(`  IdentityFile ${identity()}\n`, known)
      expect(await rejection(open().get('a'))).toMatchObject({ reason: 'host-key-unknown' })
      configure(`  IdentityFile ${identity()}\n  HostKeyAlias nas\n`, known)
      await works()
    })

    it('hashed names are understood as ssh-keygen writes them', async () => {
      const known = write('known', readFileSync(server.connection.knownHosts, 'utf8'))
      execFileSync('ssh-keygen', ['-q', '-H', '-f', known], { stdio: 'ignore' })
      expect(readFileSync(known, 'utf8')).toMatch(/^\|1\|/)
      configure(`  IdentityFile ${identity()}\n`, known)
      await works()
    })
  })
})
