import { gzipSync } from 'node:zlib'
import { absentReason } from '../entry.ts'
import { judge } from '../judge.ts'
import type { Absent, Measured, Role, Row } from '../row.ts'
import { summarize } from '../statistics.ts'

const BUDGET = 4000

const SOURCES = [
  [
    'store, pipe and three primitives',
    'ours',
    "export { createStore, filterKeys, mapKeys, mapValues, pipe } from '@kvdol/core'",
  ],
  ['unstorage', 'peer', "export { createStorage, prefixStorage } from 'unstorage'"],
  ['keyv', 'peer', "export { default } from 'keyv'"],
] as const satisfies readonly (readonly [string, Role, string])[]

/** What a browser loads: bundled, minified and gzipped. */
export const bundleRows: readonly Row[] = [
  {
    name: 'core in a bundle, gzip',
    async measure() {
      const measured: Measured[] = []
      const absent: Absent[] = []
      for (const [name, role, source] of SOURCES) {
        try {
          measured.push({ name, role, value: summarize([await bundleSize(source)]) })
        } catch (error) {
          if (role === 'ours') throw error
          absent.push({ name, reason: absentReason(error) })
        }
      }
      return [
        judge({ row: 'core in a bundle, gzip', unit: 'bytes', budget: { bytes: BUDGET }, measured, absent }),
      ]
    },
  },
]

async function bundleSize(source: string): Promise<number> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    logLevel: 'silent',
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}
