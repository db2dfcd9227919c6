import { appendFileSync } from 'node:fs'
import { describe, it } from 'vitest'
import { service } from './ask-host.ts'
import { catalogue } from './catalogue.ts'
import type { ServiceName } from './service.ts'

/**
 * Declares tests that need a real server; `declare` gets its address. Where it cannot be had, one skipped test stands
 * for them, and the end of the run tells why and how to get it.
 *
 * @example
 * ```ts
 * await withService('postgres', url => {
 *   it('connects', () => connectTo(url))
 * })
 * ```
 */
export async function withService(
  name: ServiceName,
  declare: (url: string) => void | Promise<void>,
): Promise<void> {
  const found = await service(name)
  if ('url' in found) return declare(found.url)
  const { missing, how } = found
  const report = process.env.KVDOL_SKIP_REPORT
  if (report !== undefined)
    appendFileSync(
      report,
      `${JSON.stringify({ suite: name, reason: missing, how, server: !catalogue[name].optional })}\n`,
    )
  describe(name, () => {
    it.skip(`needs a server: ${missing}`, () => {})
  })
}
