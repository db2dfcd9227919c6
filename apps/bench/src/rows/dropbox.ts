import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { UPLOAD } from '../child/dropbox-work.ts'
import { duel } from '../duel.ts'
import type { Row } from '../row.ts'
import type { Scratch } from '../scratch.ts'

const ENTRIES = 25_000
/** `fetch` copies each part that it sends, and what it has sent is collected later. */
const FLAT_UPLOAD = 128 * 1024 ** 2
const MEBIBYTES = UPLOAD / 1024 ** 2

/** A server of this machine with the documented rules of Dropbox, beside the same requests made by hand. */
export const dropboxRows: readonly Row[] = [
  {
    name: `Dropbox, list ${ENTRIES.toLocaleString('en')} entries`,
    large: true,
    measure: async (scratch, { rounds }) =>
      duel(`Dropbox, list ${ENTRIES.toLocaleString('en')} entries`, await filledServer(scratch), rounds, {
        raw: ['raw-list-dropbox', 'fetch, page by page'],
        ours: ['our-list-dropbox', 'dropbox'],
      }),
  },
  {
    name: `Dropbox, ${MEBIBYTES} MiB by upload session`,
    large: true,
    measure: async (scratch, { rounds }) =>
      duel(
        `Dropbox, ${MEBIBYTES} MiB by upload session`,
        await filledServer(scratch, 0),
        rounds,
        {
          raw: ['raw-upload-dropbox', 'fetch, without hashes'],
          ours: ['our-upload-dropbox', 'dropbox'],
        },
        FLAT_UPLOAD,
      ),
  },
]

/** What is used of the server of the tests. */
interface Served extends AsyncDisposable {
  readonly url: string
  readonly service: {
    newToken(): string
    readonly files: { put(commit: { path: string }, data: Buffer): unknown }
  }
  readonly received: unknown[]
  script: (() => undefined) | undefined
}

/** The address of a server with so many files in one folder, and a token for it. */
async function filledServer(scratch: Scratch, entries: number = ENTRIES): Promise<string> {
  const server = await startServer(scratch)
  scratch.defer(() => server[Symbol.asyncDispose]())
  // It would keep all that comes.
  server.script = () => void server.received.splice(0)
  const { service, url } = server
  for (let index = 0; index < entries; index++)
    service.files.put({ path: `/listed/report-${index}` }, Buffer.from('x'))
  return `${url}/#${service.newToken()}`
}

/** The server belongs to the tests of `@kvdol/dropbox`, which are not built. */
async function startServer(scratch: Scratch): Promise<Served> {
  const { build } = await import('esbuild')
  const tests = new URL('../../../../packages/dropbox/test/', import.meta.url)
  const outfile = join(scratch.folder('dropbox'), 'server.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('support/dropbox-server/server.ts', tests))],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'silent',
  })
  const { startDropboxServer } = (await import(pathToFileURL(outfile).href)) as {
    startDropboxServer(): Promise<Served>
  }
  return await startDropboxServer()
}
