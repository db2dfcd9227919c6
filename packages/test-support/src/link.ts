import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterTest } from './after-test.ts'

/**
 * What becomes of a message on its way: it passes; it is lost, as all that follows on the connection in both directions;
 * the connection is cut instead; or the connection is cut when so many bytes of the message have passed.
 */
export type Fate = 'pass' | 'hang' | 'cut' | number

/** One connection of a client, and what went over it so far. */
export interface Wire {
  /** What the client sent last. */
  request: Buffer
  /** How many bytes the server has sent, with the message in hand. */
  replied: number
  /** Whether the client has sent what {@link Link.cutAfter} waits for. */
  marked: boolean
}

/** A way to a server on loopback that can be disturbed. It ends with the test. */
export interface Link extends AsyncDisposable {
  /** The port that stands for the server's. */
  readonly port: number
  /** Decides about each message of a client. @default passes it */
  onRequest: (message: Buffer, wire: Wire) => Fate
  /** Decides about each message of the server. @default passes it */
  onReply: (message: Buffer, wire: Wire) => Fate
  /** How many connections of clients are open. */
  connections(): number
  /** Cuts a connection when its client sends this, before the server gets it. */
  cutBefore(text: string): void
  /** Cuts a connection when its client has sent this and the server has answered, before the client knows. */
  cutAfter(text: string): void
  /** Cuts each connection when the client has got this many bytes on it. */
  cutReplyAt(bytes: number): void
  /** Takes everything and passes nothing on, also on connections to come. */
  hang(): void
  /** Passes everything again; a connection that hung stays so. */
  heal(): void
  /** Cuts every connection and takes no other. */
  down(): Promise<void>
}

export interface LinkOptions {
  /**
   * Puts the messages of a protocol together out of what arrives, for one direction of one connection.
   * @default each piece as it arrives
   */
  readonly split?: Split
}

type Split = (take: (message: Buffer) => void) => (data: Buffer) => void

/** Opens a link to a port of 127.0.0.1. */
export async function openLink(target: number, { split = take => take }: LinkOptions = {}): Promise<Link> {
  const sockets = new Set<Socket>()
  const listener = createServer(client => {
    const server = connect(target, '127.0.0.1')
    for (const socket of [client, server]) hold(sockets, socket, [client, server])
    join(client, server, link, split)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const link: Link = {
    port: (listener.address() as AddressInfo).port,
    ...disturbances(),
    connections: () => sockets.size / 2,
    async down() {
      for (const socket of sockets) socket.destroy()
      if (!listener.listening) return
      listener.close()
      await once(listener, 'close')
    },
    [Symbol.asyncDispose]: () => link.down(),
  }
  afterTest(() => link.down())
  return link
}

type Disturbances = Pick<
  Link,
  'onRequest' | 'onReply' | 'cutBefore' | 'cutAfter' | 'cutReplyAt' | 'hang' | 'heal'
>

function disturbances(): Disturbances & ThisType<Disturbances> {
  const pass = (): Fate => 'pass'
  return {
    onRequest: pass,
    onReply: pass,
    cutBefore(text) {
      this.onRequest = message => (message.includes(text) ? 'cut' : 'pass')
      this.onReply = pass
    },
    cutAfter(text) {
      this.onRequest = (message, wire) => {
        wire.marked ||= message.includes(text)
        return 'pass'
      }
      this.onReply = (_, { marked }) => (marked ? 'cut' : 'pass')
    },
    cutReplyAt(bytes) {
      this.onRequest = pass
      this.onReply = (message, { replied }) =>
        replied >= bytes ? Math.max(0, bytes - (replied - message.byteLength)) : 'pass'
    },
    hang() {
      this.onRequest = this.onReply = () => 'hang'
    },
    heal() {
      this.onRequest = this.onReply = pass
    },
  }
}

/** Keeps account of a socket; the end of one side is the end of both. */
function hold(sockets: Set<Socket>, socket: Socket, pair: readonly Socket[]): void {
  sockets.add(socket)
  socket
    .on('error', () => {})
    .on('close', () => {
      sockets.delete(socket)
      for (const each of pair) each.destroy()
    })
}

/** Passes on what comes from one socket to the other, as the link decides. */
function join(client: Socket, server: Socket, link: Link, split: Split): void {
  const wire: Wire = { request: Buffer.alloc(0), replied: 0, marked: false }
  let hung = false
  const deliver = (fate: Fate, to: Socket, message: Buffer) => {
    hung ||= fate === 'hang'
    if (fate === 'cut') client.resetAndDestroy()
    else if (typeof fate === 'number') to.write(message.subarray(0, fate), () => to.destroySoon())
    else if (!hung) to.write(message)
  }
  client.on(
    'data',
    split(message => {
      wire.request = message
      deliver(link.onRequest(message, wire), server, message)
    }),
  )
  server.on(
    'data',
    split(message => {
      wire.replied += message.byteLength
      deliver(link.onReply(message, wire), client, message)
    }),
  )
}
