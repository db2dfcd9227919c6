import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Refusal, refused } from './refusal.ts'
import { type Args, Content, ROUTES } from './routes.ts'
import { Service } from './service.ts'

/** A request as it came over the wire. */
export interface Received {
  /** What comes after `/2/`. */
  readonly route: string
  readonly target: string
  readonly args: Args
  readonly body: Buffer
  readonly headers: IncomingMessage['headers']
}

/**
 * Sees a request first: a `Refusal` is the answer, `'answered'` says that the script has answered itself, and nothing
 * lets the service answer.
 */
export type Script = (
  received: Received,
  response: ServerResponse,
  handle: () => unknown,
) => Refusal | 'answered' | undefined | Promise<Refusal | 'answered' | undefined>

/** A server with the documented rules of Dropbox, in memory and on loopback, that misbehaves on demand. */
export interface DropboxServer extends AsyncDisposable {
  readonly url: string
  readonly service: Service
  readonly received: Received[]
  script: Script | undefined
  /** Connections that are open now. */
  connections(): Promise<number>
}

export async function startDropboxServer(): Promise<DropboxServer> {
  const service = new Service()
  const server = createServer((request, response) => {
    receive(request).then(
      received => answer(received, response),
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const started: DropboxServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    service,
    received: [],
    script: undefined,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return started

  async function answer(received: Received, response: ServerResponse): Promise<void> {
    started.received.push(received)
    const handle = () => handleRequest(service, received)
    try {
      const scripted = await started.script?.(received, response, handle)
      if (scripted === 'answered') return
      if (scripted !== undefined) throw scripted
      send(received, response, await handle())
    } catch (error) {
      if (!(error instanceof Refusal)) {
        response.destroy()
        return
      }
      const text = typeof error.body === 'string' ? error.body : JSON.stringify(error.body)
      response.writeHead(error.status, { 'content-type': 'application/json', ...error.headers }).end(text)
    }
  }
}

function handleRequest(service: Service, { route, target, args, body, headers }: Received): unknown {
  if (target.startsWith('/oauth2/token')) return newToken(service, target, body)
  if (target.startsWith('/2/temporary/')) return new Content({}, Buffer.from('temporary'))
  if (route === 'files/list_folder/longpoll') {
    if (headers.authorization !== undefined) throw new Refusal(400, 'no token is wanted')
    return ROUTES[route]?.(service, args, body)
  }
  const token = headers.authorization?.replace(/^Bearer /, '') ?? ''
  if (service.expired.has(token)) throw refused('expired_access_token', {}, 401)
  if (!service.tokens.has(token)) throw refused('invalid_access_token', {}, 401)
  const handler = ROUTES[route]
  if (handler === undefined) throw new Refusal(404, 'no such route')
  return handler(service, args, body)
}

function newToken(service: Service, target: string, body: Buffer): unknown {
  const form = new URLSearchParams(body.toString())
  const known = service.refreshTokens.get(form.get('refresh_token') ?? '')
  if (target.includes('?') || known === undefined)
    throw new Refusal(400, { error: 'invalid_grant', error_description: `bad ${form.get('refresh_token')}` })
  if (
    known.clientId !== form.get('client_id') ||
    known.clientSecret !== (form.get('client_secret') ?? undefined)
  )
    throw new Refusal(400, { error: 'invalid_client' })
  return { access_token: service.newToken(), expires_in: service.tokenLife, token_type: 'bearer' }
}

/** Sends what a route gives, a range of it when one is asked for. */
export function send({ headers }: Received, response: ServerResponse, result: unknown): void {
  if (!(result instanceof Content)) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
    return
  }
  const { data, metadata } = result
  const told = JSON.stringify(metadata).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const common = { 'dropbox-api-result': told, 'content-type': 'application/octet-stream' }
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? []
  if (first === '' && last === '') {
    response.writeHead(200, { ...common, 'content-length': data.length }).end(data)
    return
  }
  const start = first === '' ? Math.max(0, data.length - Number(last)) : Number(first)
  const end = first !== '' && last !== '' ? Math.min(data.length, Number(last) + 1) : data.length
  if (start >= data.length) throw new Refusal(416, 'range')
  response
    .writeHead(206, {
      ...common,
      'content-range': `bytes ${start}-${end - 1}/${data.length}`,
      'content-length': end - start,
    })
    .end(data.subarray(start, end))
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const target = request.url ?? ''
  const arg = request.headers['dropbox-api-arg']
  const json =
    typeof arg === 'string' ? arg : request.headers['content-type']?.includes('json') ? body.toString() : '{}'
  const args = (json === '' ? {} : JSON.parse(json)) ?? {}
  return {
    route: target.slice('/2/'.length).split('?')[0] as string,
    target,
    args,
    body,
    headers: request.headers,
  }
}
