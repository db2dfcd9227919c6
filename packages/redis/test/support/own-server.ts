import { failedWith } from '@kvdol/core/adapter'
import { openServices } from '@kvdol/services'
import { createClient } from 'redis'
import { vi } from 'vitest'

/** A server for one test alone, which may be broken. It ends with the test. */
export async function ownServer() {
  vi.stubEnv('KVDOL_TEST_REDIS_URL', '')
  const services = await openServices()
  const found = await services.get('redis')
  vi.unstubAllEnvs()
  if (!('url' in found)) throw new Error(`${found.missing}; ${found.how}`)
  const admin = createClient({ url: found.url })
  admin.on('error', () => {})
  await admin.connect()
  const pid = Number(/process_id:(\d+)/.exec(await admin.info('server'))?.[1])
  return {
    url: found.url,
    host: new URL(found.url).host,
    admin,
    /** Sends a signal to the server's process. */
    signal: (name: NodeJS.Signals) => process.kill(pid, name),
    async [Symbol.asyncDispose]() {
      if (admin.isOpen) admin.destroy()
      try {
        process.kill(pid, 'SIGCONT')
      } catch (error) {
        // One that a test has killed is gone.
        if (!failedWith(error, 'ESRCH')) throw error
      }
      await services.close()
    },
  }
}
