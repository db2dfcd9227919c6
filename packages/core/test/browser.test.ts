import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

/** What every current browser and worker has, and nothing of Node's. */
const WEB_GLOBALS = {
  AbortController,
  AbortSignal,
  CompressionStream,
  DecompressionStream,
  DOMException,
  ReadableStream,
  TextDecoder,
  TextEncoder,
  TransformStream,
  WritableStream,
  atob,
  btoa,
  clearTimeout,
  queueMicrotask,
  setTimeout,
  structuredClone,
}

async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('../src', import.meta.url)), loader: 'ts' },
    bundle: true,
    format: 'iife',
    globalName: 'kvdol',
    platform: 'browser',
    target: 'es2023',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

describe('a bundle for browsers', () => {
  it('needs nothing but the web platform', async () => {
    const code = await bundle("export * from './index.ts'")
    expect(code).not.toMatch(/\brequire\(|from ['"]node:|import\(['"]node:/)
    // Byte arrays have to be those of the context, which is what a page would use.
    const context = createContext({ ...WEB_GLOBALS, Uint8Array, ArrayBuffer })
    const result: Promise<unknown> = runInContext(
      `${code}
      const { brotli, compose, deflate, gzip, json, mapKeys, mapValues, memory, pipe, template, text } = kvdol;
      (async () => {
        const inner = memory()
        const store = pipe(inner, mapKeys(template('{user}/{n:int}').tuple()), mapValues(compose(json(), text(), gzip())))
        await store.set(['ann', 1], { a: ['é', 1, null] })
        const bytes = await inner.get('ann/1')
        const other = pipe(memory(), mapValues(compose(json(), text(), deflate())))
        await other.set('k', { x: [1, 'é'] })
        const keys = []
        for await (const key of store.keys({ prefix: ['ann'] })) keys.push(key.join())
        const code = await pipe(memory(), mapValues(brotli())).set('k', bytes).catch(error => error.code)
        return {
          globals: [typeof process, typeof Buffer, typeof require],
          start: [...bytes.subarray(0, 2)],
          value: JSON.stringify(await store.get(['ann', 1])),
          keys,
          other: JSON.stringify(await other.get('k')),
          code,
        }
      })()`,
      context,
    )
    expect(await result).toMatchObject({
      globals: ['undefined', 'undefined', 'undefined'],
      start: [0x1f, 0x8b],
      value: '{"a":["é",1,null]}',
      keys: ['ann,1'],
      other: '{"x":[1,"é"]}',
      code: 'Unsupported',
    })
  })

  it('leaves out the codecs that are not used', async () => {
    const code = await bundle("export { createStore, mapKeys, mapValues, memory, pipe } from './index.ts'")
    expect(code).toContain('is no store')
    for (const unused of ['brotli', 'base64', 'template', 'JSON cannot hold', 'Standard Schema'])
      expect(code).not.toContain(unused)
  })
})
