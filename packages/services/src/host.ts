import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serviceNames } from './catalogue.ts'
import { openServices } from './open-services.ts'
import type { Account } from './service.ts'

/** Services for the processes of a test run, which ask by HTTP on loopback. */
export interface Host {
  /** What {@link hostVariable} has to be in those processes. */
  readonly address: string
  accounts(): Account[]
  close(): Promise<void>
}

/** The environment variable by which processes find the host. */
export const hostVariable = 'KVDOL_SERVICES'

/** Starts a host. */
export async function startHost(): Promise<Host> {
  const services = await openServices()
  const server = createServer((request, response) => {
    const name = serviceNames.find(each => request.url === `/${each}`)
    if (name === undefined) return void response.writeHead(404).end()
    void services.get(name).then(service => response.end(JSON.stringify(service)))
  })
  // The first answer may need an installation.
  server.requestTimeout = 0
  server.unref()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accounts: services.accounts,
    async close() {
      await services.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
