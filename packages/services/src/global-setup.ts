import { writeFileSync } from 'node:fs'
import { hostVariable, startHost } from './host.ts'

/** Vitest's global set-up: one host for the whole run. Its account goes to the file that `npm test` names. */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  // Projects that extend the root's configuration call this again.
  if (process.env[hostVariable] !== undefined) return undefined
  const host = await startHost()
  process.env[hostVariable] = host.address
  return async () => {
    await host.close()
    delete process.env[hostVariable]
    const report = process.env.KVDOL_SERVICES_REPORT
    if (report !== undefined) writeFileSync(report, JSON.stringify(host.accounts()))
  }
}
