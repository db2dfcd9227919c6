import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What becomes of a message on its way. */
export type Fate = 'pass' | 'hang' | 'cut'

/** A connection to a server that can be disturbed. */
export interface FaultyLink extends AsyncDisposable {
  /** The address of the server by way of this link. */
  readonly url: string
  /** Decides about each request, by the name of its command; later ones of a connection that hangs are not asked for. */
  onRequest: (command: string) => Fate
  /** Decides about each reply to a command. */
  onReply: (command: string) => Fate
  /** No connection is taken any more, and none goes on. */
  down(): Promise<void>
}

/** Opens a link to a MongoDB server on loopback. */
export async function faultyLink(url: string): Promise<FaultyLink> {
  const target = Number(new URL(url).port)
  const sockets = new Set<Socket>()
  const listener = createServer(client => join(client))
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const link: FaultyLink = {
    url: `mongodb://127.0.0.1:${(listener.address() as AddressInfo).port}/`,
    onRequest: () => 'pass',
    onReply: () => 'pass',
    async down() {
      for (const socket of sockets) socket.destroy()
      if (listener.listening) {
        listener.close()
        await once(listener, 'close')
      }
    },
    [Symbol.asyncDispose]: () => link.down(),
  }
  return link

  function join(client: Socket): void {
    const server = connect(target, '127.0.0.1')
    let command = ''
    let hung = false
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket)
          client.destroy()
          server.destroy()
        })
    }
    client.on(
      'data',
      messagesOf(message => {
        command = commandOf(message)
        deliver(link.onRequest(command), server, message)
      }),
    )
    server.on(
      'data',
      messagesOf(message => deliver(link.onReply(command), client, message)),
    )

    function deliver(fate: Fate, to: Socket, message: Buffer): void {
      if (fate === 'cut') client.destroy()
      if (fate === 'hang') hung = true
      if (!hung && fate === 'pass') to.write(message)
    }
  }
}

/** Puts messages together: each begins with its length. */
function messagesOf(take: (message: Buffer) => void): (data: Buffer) => void {
  let waiting = Buffer.alloc(0)
  return data => {
    waiting = Buffer.concat([waiting, data])
    while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
      const length = waiting.readInt32LE(0)
      take(waiting.subarray(0, length))
      waiting = waiting.subarray(length)
    }
  }
}

/** The name of the command in an OP_MSG: the first element of its document. */
function commandOf(message: Buffer): string {
  const OP_MSG = 2013
  if (message.readInt32LE(12) !== OP_MSG) return 'hello'
  // Header, flags, kind of the section, length of the document, type of the element.
  const start = 16 + 4 + 1 + 4 + 1
  return message.toString('utf8', start, message.indexOf(0, start))
}
