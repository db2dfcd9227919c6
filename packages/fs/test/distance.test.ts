import { Session } from 'node:inspector/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { files } from '../src/index.ts'
import { bytes, temporaryFolder } from './support/helpers.ts'

const session = new Session()
beforeAll(async () => {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Debugger.enable')
})
afterAll(() => session.disconnect())

/** What the test runner adds to a module for each of its exports. */
const EXPORT = /^\(\) => \{ try \{ return \w+ \} catch/

/** The files of this package in which functions run during a call. */
async function filesOf(call: () => Promise<unknown>): Promise<string[]> {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await call()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  await session.post('Profiler.stopPreciseCoverage')
  const files: string[] = []
  for (const { url, scriptId, functions } of result) {
    const file = /packages\/fs\/(src\/.*\.ts)$/.exec(url)?.[1]
    if (file === undefined) continue
    const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId })
    const ran = functions.some(({ ranges: [range] }) => {
      if (range === undefined || range.count === 0) return false
      return !EXPORT.test(scriptSource.slice(range.startOffset, range.endOffset))
    })
    if (ran) files.push(file)
  }
  return files.sort()
}

// How far a reader has to go who follows a call to the system.
it.each(['plain', 'encoded'] as const)('a call with %s keys runs through few files', async keys => {
  const store = files(temporaryFolder(), { keys })
  await store.set('folder/key', bytes('x'))
  const get = await filesOf(() => store.get('folder/key'))
  const set = await filesOf(() => store.set('folder/key', bytes('y')))
  expect(get).toContain('src/reading/read-file.ts')
  expect(set).toContain('src/writing/write-file.ts')
  expect(get.length, get.join('\n')).toBeLessThanOrEqual(12)
  expect(set.length, set.join('\n')).toBeLessThanOrEqual(18)
})
