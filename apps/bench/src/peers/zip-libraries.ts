import { buffer } from 'node:stream/consumers'

/** Other zip libraries; each is loaded only when a row needs it. */

/** Everything in an archive of bytes, by jszip, which reads it whole. */
export async function jszipOver(archive: Uint8Array) {
  const { default: JSZip } = await import('jszip')
  return await JSZip.loadAsync(archive)
}

export async function packWithJszip(files: Files): Promise<number> {
  const { default: JSZip } = await import('jszip')
  const archive = new JSZip()
  for (const [name, bytes] of files) archive.file(name, bytes)
  return (await archive.generateAsync({ type: 'uint8array', compression: 'DEFLATE' })).length
}

export async function packWithFflate(files: Files): Promise<number> {
  const { zipSync } = await import('fflate')
  return zipSync(Object.fromEntries(files)).length
}

export async function packWithZipJs(files: Files): Promise<number> {
  const { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } = await import('@zip.js/zip.js')
  configure({ useWebWorkers: false })
  const archive = new ZipWriter(new Uint8ArrayWriter())
  for (const [name, bytes] of files) await archive.add(name, new Uint8ArrayReader(bytes))
  return (await archive.close()).length
}

/** The names in an archive, by zip.js. */
export async function listWithZipJs(archive: Uint8Array): Promise<number> {
  const { Uint8ArrayReader, ZipReader } = await import('@zip.js/zip.js')
  return (await new ZipReader(new Uint8ArrayReader(archive)).getEntries()).length
}

/** The names in an archive file, by yauzl. */
export async function listWithYauzl(file: string): Promise<number> {
  const archive = await openWithYauzl(file)
  return await new Promise((resolve, reject) => {
    let found = 0
    archive.on('error', reject)
    archive.on('end', () => resolve(found))
    archive.on('entry', () => {
      found++
      archive.readEntry()
    })
    archive.readEntry()
  })
}

async function openWithYauzl(file: string) {
  const { default: yauzl } = await import('yauzl')
  return await yauzl.openPromise(file, { lazyEntries: true })
}

/** Reads values of an archive file by yauzl, whose entries are known already. */
export async function openWithYauzlToRead(file: string) {
  const { default: yauzl } = await import('yauzl')
  const archive = await yauzl.openPromise(file, { lazyEntries: true, autoClose: false })
  const entries = new Map<string, Parameters<typeof archive.openReadStreamPromise>[0]>()
  for await (const entry of archive.eachEntry()) entries.set(entry.fileName, entry)
  return {
    async get(name: string): Promise<Uint8Array | undefined> {
      const entry = entries.get(name)
      return entry && (await buffer(await archive.openReadStreamPromise(entry)))
    },
    close: () => archive.close(),
  }
}

/** One value of an archive in memory, by fflate. */
export async function readWithFflate(archive: Uint8Array, name: string): Promise<Uint8Array | undefined> {
  const { unzipSync } = await import('fflate')
  return unzipSync(archive, { filter: entry => entry.name === name })[name]
}

type Files = readonly (readonly [name: string, bytes: Uint8Array])[]
