import { type Exported, everyExport } from '@kvdol/test-support'
import { describe, it } from 'vitest'
import * as module from '../src/index.ts'
import { type FoldersOptions, folders, type SftpOptions, sftp } from '../src/index.ts'

const HOST = { host: '127.0.0.1', root: 'data', hostKey: `SHA256:${'x'.repeat(43)}` }

const flag = ['true', 0, null]
const milliseconds = [0, -1, 1.5, Number.NaN, '1', 2 ** 31]
const paths = ['', 5, null, {}]

const ofBoth: Exported<undefined>['bad'] = {
  host: ['', 5, null],
  port: [0, 65_536, 1.5, '22', null],
  username: ['', 5, null],
  password: [5, null],
  privateKey: ['', new Uint8Array(), 5, null],
  passphrase: [5, null],
  agent: [false, '', 5, null],
  hostKey: ['', 'anything', [], ['anything'], 5, null],
  knownHosts: ['', [], [5], 5, null],
  insecureAcceptAnyHostKey: flag,
  sshConfig: ['', 1, null],
  timeout: milliseconds,
  keepalive: milliseconds,
  concurrency: [0, 1025, 1.5, '2', null],
  algorithms: [[], 'none', { kex: 'none' }, { kex: [5] }, { ciphers: [] }, null],
  client: [{}, { sftp: {} }, 5, null],
  root: [...paths, '~/data', '~', 'a\0b'],
  hidden: flag,
  maxLevels: [-1, 1.5, '2', null],
  createFolders: flag,
  maxNewFolders: [-1, 1.5, '2', null],
  onForeign: ['log', true, {}],
  mustExist: flag,
  mode: [-1, 0o1777, 1.5, '600', null],
  allowClear: flag,
  etag: ['times', true, null],
  replace: ['never', true, null],
}

const refuses = (open: (options: SftpOptions) => unknown): NonNullable<Exported<undefined>['refuses']> => [
  [() => open({ ...HOST, root: undefined }), 'root is missing'],
  [() => open({ ...HOST, host: undefined }), 'host is missing'],
  [() => open({ ...HOST, hostKey: undefined }), 'how is the host to be recognised'],
  [() => open({ ...HOST, insecureAcceptAnyHostKey: true }), 'insecureAcceptAnyHostKey makes hostKey'],
]

const table: Record<string, Exported<undefined>> = {
  sftp: {
    options: options => sftp(withHost(options) as SftpOptions),
    bad: { ...ofBoth, keys: ['raw', 'Encoded', true], pattern: ['', 5, {}, null] },
    refuses: refuses(sftp),
  },
  folders: {
    options: options => folders(withHost(options) as FoldersOptions),
    bad: { ...ofBoth, keys: ['plain', 'encoded'], pattern: ['{name}'] },
    refuses: refuses(folders),
  },
}

/** Options that lack nothing, where they are options. */
function withHost(options: unknown): unknown {
  return Object.prototype.toString.call(options) === '[object Object]'
    ? { ...HOST, ...(options as object) }
    : options
}

describe('every export refuses what it cannot heed', () => {
  for (const { name, run } of everyExport({ module, table, open: () => undefined })) it(name, run)
})
