import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a real server that can be cut. */
export interface Way {
  readonly port: number
  /** Cuts the connection when the client sends this, before the server gets it. */
  cutBefore(text: string): void
  /** Cuts the connection when the client has sent this and the server has answered, before the client knows. */
  cutAfter(text: string): void
  /** Takes everything and answers nothing. */
  hang(): void
  heal(): void
  /** How many connections are open. */
  open(): number
  stop(): Promise<void>
}

type Fault = { readonly kind: 'before' | 'after'; readonly text: string } | { readonly kind: 'hang' }

export async function proxyTo(target: number): Promise<Way> {
  let fault: Fault | undefined
  const sockets = new Set<Socket>()
  const server: Server = createServer(client => {
    const upstream = connect(target, '127.0.0.1')
    let answerIsLost = false
    const cut = () => {
      client.resetAndDestroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket)
          client.destroy()
          upstream.destroy()
        })
    }
    client.on('data', data => {
      if (fault?.kind === 'hang') return
      if (fault !== undefined && data.includes(fault.text)) {
        if (fault.kind === 'before') return cut()
        answerIsLost = true
      }
      upstream.write(data)
    })
    upstream.on('data', data => {
      if (fault?.kind === 'hang') return
      if (answerIsLost) cut()
      else client.write(data)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    cutBefore: text => {
      fault = { kind: 'before', text }
    },
    cutAfter: text => {
      fault = { kind: 'after', text }
    },
    hang: () => {
      fault = { kind: 'hang' }
    },
    heal: () => {
      fault = undefined
    },
    open: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
