import { type Fate, type Link, openLink } from '@kvdol/test-support'

/** A connection to a MongoDB server that can be disturbed by the names of commands. It ends with the test. */
export interface MongoLink extends AsyncDisposable, Pick<Link, 'down'> {
  /** The address of the server by way of this link. */
  readonly url: string
  /** Decides about each request. */
  onRequest: (command: string) => Fate
  /** Decides about each reply to a command. */
  onReply: (command: string) => Fate
}

/** Opens a link to a MongoDB server on loopback. */
export async function mongoLink(url: string): Promise<MongoLink> {
  const link = await openLink(Number(new URL(url).port), { split: messagesOf })
  const pass = (): Fate => 'pass'
  const commands: MongoLink = {
    url: `mongodb://127.0.0.1:${link.port}/`,
    onRequest: pass,
    onReply: pass,
    down: () => link.down(),
    [Symbol.asyncDispose]: () => link.down(),
  }
  link.onRequest = message => commands.onRequest(commandOf(message))
  link.onReply = (_, { request }) => commands.onReply(commandOf(request))
  return commands
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
