import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server on loopback, as a test spoils it. */
export interface SlowLink {
  readonly port: number
  /** Milliseconds that each answer takes longer. */
  latency: number
  /** The next answer of at least so many bytes is cut in the middle, with the connection. */
  cuts: number | undefined
  close(): Promise<void>
}

/** Opens a way to a port of 127.0.0.1. It does not keep the process alive. */
export async function slowLink(target: number): Promise<SlowLink> {
  const sockets = new Set<Socket>()
  const listener = createServer(client => {
    const server = connect(target, '127.0.0.1')
    for (const socket of [client, server]) {
      sockets.add(socket.unref())
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        for (const each of [client, server]) each.destroy()
      })
    }
    client.on('data', request => server.write(request))
    server.on('data', answer => {
      const { latency, cuts = Number.POSITIVE_INFINITY } = link
      if (answer.byteLength < cuts) {
        if (latency > 0) setTimeout(() => client.write(answer), latency)
        else client.write(answer)
        return
      }
      link.cuts = undefined
      client.write(answer.subarray(0, cuts / 2), () => client.destroySoon())
    })
  })
  listener.listen(0, '127.0.0.1').unref()
  await once(listener, 'listening')
  const link: SlowLink = {
    port: (listener.address() as AddressInfo).port,
    latency: 0,
    cuts: undefined,
    async close() {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
  return link
}
