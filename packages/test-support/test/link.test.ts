import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { afterTest, type Link, openLink } from '../src/index.ts'

/** A server that answers each piece by the same in upper case. */
async function shoutingServer(): Promise<{ port: number; got: () => string }> {
  let got = ''
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', data => {
      got += data
      socket.write(data.toString().toUpperCase())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterTest(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, got: () => got }
}

/** A client: sends, and waits for the answer or the end of the connection. */
async function clientOf(link: Link) {
  const socket = connect(link.port, '127.0.0.1')
  afterTest(() => socket.destroy())
  let received = ''
  let ended = false
  let changed = () => {}
  const change = () => new Promise<void>(resolve => (changed = resolve))
  socket.on('error', () => {})
  socket.on('data', data => {
    received += data
    changed()
  })
  socket.on('close', () => {
    ended = true
    changed()
  })
  await once(socket, 'connect')
  const until = async (text?: string) => {
    while (!(text !== undefined && received.includes(text)) && !ended) await change()
    return received
  }
  return {
    send: (text: string) => socket.write(text),
    until: (text: string) => until(text),
    end: () => until(),
    received: () => received,
  }
}

async function setUp(options = {}) {
  const server = await shoutingServer()
  const link = await openLink(server.port, options)
  return { server, link, client: await clientOf(link) }
}

describe('a link', () => {
  it('passes everything on', async () => {
    const { link, client } = await setUp()
    client.send('hello')
    expect(await client.until('HELLO')).toBe('HELLO')
    expect(link.connections()).toBe(1)
  })

  it('cuts before the server gets a message', async () => {
    const { link, client, server } = await setUp()
    link.cutBefore('secret')
    client.send('a')
    await client.until('A')
    client.send('a secret')
    expect(await client.end()).toBe('A')
    expect(server.got()).toBe('a')
  })

  it('cuts after the server has got a message, and before the client knows', async () => {
    const { link, client, server } = await setUp()
    link.cutAfter('commit')
    client.send('commit')
    expect(await client.end()).toBe('')
    expect(server.got()).toBe('commit')
    const other = await clientOf(link)
    other.send('begin')
    expect(await other.until('BEGIN')).toBe('BEGIN')
  })

  it.each([0, 1, 4, 7])('cuts when the client has got %i bytes', async bytes => {
    const { link, client } = await setUp()
    link.cutReplyAt(bytes)
    client.send('hello, you')
    expect(await client.end()).toBe('HELLO, YOU'.slice(0, bytes))
  })

  it('hangs, and passes on for new connections when it is healed', async () => {
    const { link, client, server } = await setUp()
    link.hang()
    const hang = link.onRequest
    const hung = new Promise<void>(resolve => {
      link.onRequest = (...given) => {
        resolve()
        return hang(...given)
      }
    })
    client.send('lost')
    await hung
    link.heal()
    client.send('too')
    const other = await clientOf(link)
    other.send('found')
    expect(await other.until('FOUND')).toBe('FOUND')
    expect([server.got(), client.received()]).toEqual(['found', ''])
  })

  it('decides about whole messages', async () => {
    const split = (take: (message: Buffer) => void) => {
      let waiting = ''
      return (data: Buffer) => {
        const lines = (waiting + data).split('\n')
        waiting = lines.pop() ?? ''
        for (const line of lines) take(Buffer.from(`${line}\n`))
      }
    }
    const { link, client } = await setUp({ split })
    const seen: string[] = []
    link.onRequest = message => {
      seen.push(String(message))
      return 'pass'
    }
    link.onReply = (_, { request }) => (String(request) === 'end\n' ? 'cut' : 'pass')
    client.send('one\ntw')
    await client.until('ONE\n')
    client.send('o\nend\n')
    await client.end()
    expect(seen).toEqual(['one\n', 'two\n', 'end\n'])
  })

  it('goes down', async () => {
    const { link, client } = await setUp()
    await link.down()
    await client.end()
    const refused = connect(link.port, '127.0.0.1')
    expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
    await link.down()
  })
})
