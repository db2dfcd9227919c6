import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Scratch } from '../scratch.ts'

/** The address of a web server of this process, which ends with the run. */
export async function webServer(scratch: Scratch, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  scratch.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`
}

/** The address of a server of so many bytes in a thread of its own, so that it takes no time from who asks it. */
export async function separateWebServer(scratch: Scratch, bytes: number): Promise<string> {
  const program = new URL(`./web-worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(program, { workerData: bytes })
  scratch.defer(() => worker.terminate())
  const [port] = await once(worker, 'message')
  return `http://127.0.0.1:${port}/file`
}

/** Answers everything with these bytes. */
export function always(body: Uint8Array): RequestListener {
  return (_, response) => {
    response.writeHead(200, { 'content-length': body.byteLength, etag: '"one"' }).end(body)
  }
}
