import { expect, it } from 'vitest'
import { folders, type SftpOptions, sftp } from '../src/index.ts'

const GOOD: SftpOptions = { host: 'box.example.org', root: 'data', hostKey: `SHA256:${'x'.repeat(43)}` }

it.each([
  [{ root: undefined }, /root is missing/],
  [{ root: '' }, /root is the path of a folder on the server, not ''/],
  [{ root: '~/data' }, /root is the path/],
  [{ root: 'a\0b' }, /root is the path/],
  [{ host: undefined }, /host is missing/],
  [{ host: 7 }, /host is a string that is not empty, not 7/],
  [{ port: 0 }, /port is a whole number from 1 to 65535, not 0/],
  [{ port: '22' }, /port is/],
  [{ hostKey: undefined }, /how is the host to be recognised/],
  [{ hostKey: 'anything' }, /hostKey is a public key/],
  [{ hostKey: [] }, /hostKey is/],
  [{ knownHosts: '' }, /knownHosts is the path/],
  [{ insecureAcceptAnyHostKey: true }, /makes hostKey and knownHosts useless/],
  [{ insecureAcceptAnyHostKey: 'yes' }, /insecureAcceptAnyHostKey is true or false, not 'yes'/],
  [{ agent: false }, /agent is true or the path/],
  [{ sshConfig: 1 }, /sshConfig is true, false or the path/],
  [{ timeout: 0 }, /timeout is/],
  [{ keepalive: -1 }, /keepalive is/],
  [{ concurrency: 0 }, /concurrency is a whole number from 1 to 1024/],
  [{ algorithms: { kex: 'none' } }, /algorithms is/],
  [{ client: {} }, /client is a connected client/],
  [{ maxLevels: -1 }, /maxLevels is/],
  [{ mode: 0o1777 }, /mode is/],
  [{ onForeign: {} }, /onForeign is a function/],
  [{ replace: 'never' }, /replace is 'atomic' or 'delete-first'/],
  [{ etag: 'times' }, /etag is 'none' or 'content'/],
  [{ passwrod: 'x' }, /no option "passwrod"; did you mean password\?/],
])('%j is a TypeError before anything happens', (options, message) => {
  expect(() => sftp({ ...GOOD, ...(options as SftpOptions) })).toThrow(TypeError)
  expect(() => sftp({ ...GOOD, ...(options as SftpOptions) })).toThrow(message)
  expect(() => folders({ ...GOOD, ...(options as SftpOptions) })).toThrow(message)
})

it.each([
  [{ keys: 'Encoded' }, /keys is 'plain' or 'encoded', not 'Encoded'/],
  [{ pattern: '' }, /pattern is/],
])('%j is a TypeError, and no option of folders', (options, message) => {
  expect(() => sftp({ ...GOOD, ...(options as SftpOptions) })).toThrow(message)
  expect(() => folders({ ...GOOD, ...(options as SftpOptions) })).toThrow(/folders has no option/)
})

it('good options connect to nothing before the first call', async () => {
  await sftp(GOOD).close()
  await folders(GOOD).close()
})
