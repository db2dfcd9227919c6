import { get } from 'node:http'
import { hostVariable } from './host.ts'
import type { Service, ServiceName } from './service.ts'

/**
 * Where a service of this test run is, or why it is missing. Takes as long as its installation, the first time. Throws
 * where no test run is under way.
 */
export function service(name: ServiceName): Promise<Service> {
  const host = process.env[hostVariable]
  if (host === undefined)
    throw new Error('services are there in a test run only; run the tests from the root')
  return new Promise((resolve, reject) => {
    // Not fetch, which gives up after five minutes.
    const request = get(`${host}/${name}`, { agent: false }, async response => {
      let body = ''
      for await (const text of response.setEncoding('utf8')) body += text
      if (response.statusCode === 200) resolve(JSON.parse(body) as Service)
      else reject(new Error(`there is no service ${name}`))
    })
    request.on('error', reject)
  })
}
