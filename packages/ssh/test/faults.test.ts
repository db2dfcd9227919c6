import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inspect } from 'node:util'
import {
  children,
  getWithStat,
  guarantees,
  readRange,
  readStream,
  type Store,
  writeStream,
} from '@kvdol/core'
import { lockNameOf } from '@kvdol/fs/file'
import { bytes, closedAfterTest, collect, joined, rejection, text } from '@kvdol/test-support'
import { beforeEach, describe, expect, it } from 'vitest'
import { errorOf } from '../src/errors.ts'
import { type ForeignEntry, folders, type SftpOptions, sftp } from '../src/index.ts'
import { keyPair } from './support/key-pair.ts'
import { type Meddle, PASSWORD, type ScriptedServer, scriptedServer } from './support/scripted-server.ts'

let server: ScriptedServer
beforeEach(async () => {
  server = await scriptedServer()
})

const open = (options: SftpOptions = {}): Store<string, Uint8Array> =>
  closedAfterTest(sftp({ ...server.connection, replace: 'delete-first', ...options }))

/** Bytes that differ from place to place. */
const patterned = (length: number) =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255)

/** Answers requests of this name by a status. */
const refusing =
  (name: string, status: number, which: (args: readonly unknown[]) => boolean = () => true): Meddle =>
  (request, answer) => {
    if (request.name === name && which(request.args))
      request.sftp.status(request.id, status, 'canary\u001b[31m')
    else answer()
  }

describe('a server without posix-rename', () => {
  it('creates, and refuses to replace unless the gap was agreed to', async () => {
    const careful = open({ replace: 'atomic' })
    expect(guarantees(careful).atomicOverwrite).toBe(true)
    await careful.set('a', bytes('old'))
    const error = await rejection(careful.set('a', bytes('new')))
    expect(error).toMatchObject({ code: 'Unsupported', outcome: 'not-applied' })
    expect(error.message).toContain("replace: 'delete-first'")
    expect(text(await careful.get('a'))).toBe('old')
    expect(await rejection(writeStream(careful, 'a', [bytes('new')]))).toMatchObject({ code: 'Unsupported' })
    expect(readdirSync(server.folder)).toEqual(['a'])

    const agreed = open()
    expect(guarantees(agreed).atomicOverwrite).toBe(false)
    await agreed.set('a', bytes('new'))
    expect(text(await agreed.get('a'))).toBe('new')
    expect(readdirSync(server.folder)).toEqual(['a'])
  })

  it('keeps conditions and marks, by locks that are opened exclusively', async () => {
    const store = open({ keys: 'encoded', etag: 'content' })
    await store.set('a', bytes('1'), { ifAbsent: true })
    expect(await rejection(store.set('a', bytes('2'), { ifAbsent: true }))).toMatchObject({
      code: 'Conflict',
    })
    const etag = (await store.stat('a'))?.etag as string
    await store.set('a', bytes('3'), { ifMatch: etag })
    expect(await rejection(store.set('a', bytes('4'), { ifMatch: etag }))).toMatchObject({ code: 'Conflict' })
    expect(await rejection(open().get('a'))).toMatchObject({ code: 'Incompatible' })
    expect(readdirSync(server.folder).sort()).toEqual(['.kvdol', 'a='])
  })
})

it('a server that folds case is refused for plain keys, and taken for encoded ones', async () => {
  server.meddle = (request, answer) => {
    const isFolded = request.name === 'LSTAT' && String(request.args[0]).includes('.KVDOL')
    const attributes = { mode: 0o100600, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 }
    if (isFolded) request.sftp.attrs(request.id, attributes)
    else answer()
  }
  const error = await rejection(open().set('a', bytes('x')))
  expect(error.code).toBe('Incompatible')
  expect(error.message).toContain("keys: 'encoded'")
  // No mark of plain keys keeps the others away.
  expect(readdirSync(server.folder)).toEqual([])
  await open({ keys: 'encoded' }).set('a', bytes('x'))
  expect(readdirSync(server.folder).sort()).toEqual(['.kvdol', 'a='])
})

it('a level is one folder, and a value with its stat one opening', async () => {
  const store = open()
  for (const key of ['a', 'b', 'deep/er/c', 'deep/d']) await store.set(key, bytes(key))
  const asked: string[] = []
  server.meddle = ({ name }, answer) => {
    asked.push(name)
    answer()
  }
  expect(await collect(children(store))).toEqual([{ key: 'a' }, { key: 'b' }, { prefix: 'deep/' }])
  // Entries are asked for ahead of the answer that ends them.
  expect(asked.filter(name => name !== 'READDIR')).toEqual(['OPENDIR', 'CLOSE'])
  asked.length = 0
  expect(await collect(children(store, 'deep/'))).toEqual([{ key: 'deep/d' }, { prefix: 'deep/er/' }])
  expect(asked.filter(name => name !== 'READDIR').sort()).toEqual(['CLOSE', 'OPENDIR', 'REALPATH'])
  asked.length = 0
  expect(text((await getWithStat(store, 'a'))?.value)).toBe('a')
  await expect.poll(() => asked.sort()).toEqual(['CLOSE', 'FSTAT', 'LSTAT', 'OPEN', 'READ'])
})

describe('a server that takes and gives as it likes', () => {
  const value = patterned(700_001)

  it('short reads are put together', async () => {
    server.meddle = ({ name, id, args, sftp: wire }, answer) => {
      if (name !== 'READ') return answer()
      const [, offset, length] = args as [Buffer, number, number]
      const part = value.subarray(offset, offset + Math.min(length, 1 + ((offset * 7) % 9000)))
      if (part.length === 0) wire.status(id, 1)
      else wire.data(id, Buffer.from(part))
    }
    writeFileSync(path.join(server.folder, 'a'), value)
    const store = open()
    expect(Buffer.compare((await store.get('a')) as Uint8Array, value)).toBe(0)
    expect(
      Buffer.compare(await joined((await readStream(store, 'a')) as AsyncIterable<Uint8Array>), value),
    ).toBe(0)
    const range = await readRange(store, 'a', { start: 100_000, end: 600_000 })
    expect(Buffer.compare(range as Uint8Array, value.subarray(100_000, 600_000))).toBe(0)
  })

  it('requests are no longer than every server takes, and a server may give less', async () => {
    // What a server has to take by the protocol, draft-ietf-secsh-filexfer-02, 3.
    const most = 32_768
    const lengths: number[] = []
    server.meddle = ({ name, id, args, sftp: wire }, answer) => {
      if (name !== 'READ' && name !== 'WRITE') return answer()
      const length = name === 'READ' ? (args[2] as number) : (args[2] as Buffer).length
      lengths.push(length)
      if (name === 'WRITE' && length > most) wire.status(id, 4)
      else answer()
    }
    const store = open()
    for (const write of [
      () => store.set('a', value),
      () => writeStream(store, 'a', [value.subarray(0, 400_000), value.subarray(400_000)]),
    ]) {
      await write()
      expect(Buffer.compare(readFileSync(path.join(server.folder, 'a')), value)).toBe(0)
      expect(Buffer.compare((await store.get('a')) as Uint8Array, value)).toBe(0)
    }
    expect(Math.max(...lengths)).toBeLessThanOrEqual(most)
  })

  it('answers out of order change nothing', async () => {
    const held: (() => void)[] = []
    server.meddle = ({ name }, answer) => {
      if (name !== 'READ' && name !== 'WRITE') return answer()
      held.push(answer)
      if (held.length === 1)
        setImmediate(() => {
          for (const each of held.splice(0).reverse()) each()
        })
    }
    const store = open()
    await store.set('a', value)
    expect(Buffer.compare(readFileSync(path.join(server.folder, 'a')), value)).toBe(0)
    expect(Buffer.compare((await store.get('a')) as Uint8Array, value)).toBe(0)
  })

  it.each(['set', 'writeStream'] as const)(
    '%s finds out that less was stored than was acknowledged',
    async method => {
      const store = open()
      await store.set('a', bytes('old'))
      server.meddle = ({ name, id, args, sftp: wire }, answer) => {
        if (name === 'WRITE' && (args[1] as number) >= 300_000) wire.status(id, 0)
        else answer()
      }
      const call = method === 'set' ? store.set('a', value) : writeStream(store, 'a', [value])
      const error = await rejection(call)
      expect(error).toMatchObject({ code: 'OutOfSpace', outcome: 'not-applied' })
      expect(text(await store.get('a'))).toBe('old')
      expect(readdirSync(server.folder)).toEqual(['a'])
    },
  )

  it.each(['get', 'stat', 'readStream'] as const)(
    '%s finds out that a file ends before its size',
    async method => {
      writeFileSync(path.join(server.folder, 'a'), value)
      const store = open({ etag: 'content' })
      server.meddle = ({ name, id, args, sftp: wire }, answer) => {
        if (name === 'READ' && (args[1] as number) >= 400_000) wire.status(id, 1)
        else answer()
      }
      const call = async () =>
        method === 'readStream'
          ? await joined((await readStream(store, 'a')) as AsyncIterable<Uint8Array>)
          : await store[method]('a')
      expect(await rejection(call)).toMatchObject({ code: 'Corrupt' })
    },
  )

  it('times, whatever they are, say nothing about the value', async () => {
    server.meddle = ({ name, id, args, sftp: wire }, answer) => {
      if (name !== 'FSTAT' && name !== 'LSTAT') return answer()
      const attributes = wire.attrs.bind(wire)
      wire.attrs = (to, attrs) => {
        wire.attrs = attributes
        attributes(to, { ...attrs, mtime: 1, atime: 1 })
      }
      answer()
      wire.attrs = attributes
      return void [id, args]
    }
    const store = open({ etag: 'content' })
    await store.set('a', bytes('1'))
    const first = await store.stat('a')
    await store.set('a', bytes('2'))
    const second = await store.stat('a')
    expect(first?.modified).toEqual(second?.modified)
    expect(first?.etag).not.toBe(second?.etag)
    await store.set('a', bytes('1'))
    expect((await store.stat('a'))?.etag).toBe(first?.etag)
  })

  it('permissions are those that were asked for, and those of a file that is replaced', async () => {
    const modeOf = (name: string) => statSync(path.join(server.folder, name)).mode & 0o777
    const store = open({ mode: 0o600 })
    await store.set('a', bytes('1'))
    expect(modeOf('a')).toBe(0o600)
    writeFileSync(path.join(server.folder, 'b'), 'x', { mode: 0o640 })
    await open().set('b', bytes('2'))
    expect(modeOf('b')).toBe(0o640)
  })
})

describe('a server that does not answer', () => {
  it.each(['REALPATH', 'LSTAT', 'OPEN', 'READ'])(
    '%s: the call ends at its deadline, and the next one gets a new connection',
    async silent => {
      writeFileSync(path.join(server.folder, 'a'), 'value')
      const store = open({ timeout: 300 })
      server.meddle = ({ name }, answer) => void (name !== silent && answer())
      expect(await rejection(store.get('a'))).toMatchObject({ code: 'Timeout', retryable: true })
      server.meddle = (_, answer) => answer()
      expect(text(await store.get('a'))).toBe('value')
    },
  )

  it.each(['OPEN', 'WRITE', 'CLOSE'])('%s: a write that was not finished was not applied', async silent => {
    const store = open({ timeout: 300 })
    await store.set('a', bytes('old'))
    server.meddle = ({ name, args }, answer) => {
      if (name === silent && (name !== 'OPEN' || (args[1] as number) & 2)) return
      answer()
    }
    expect(await rejection(store.set('a', bytes('new')))).toMatchObject({
      code: 'Timeout',
      outcome: 'not-applied',
    })
    server.meddle = (_, answer) => answer()
    expect(text(await store.get('a'))).toBe('old')
    // What was left is gone with the next write.
    await store.set('b', bytes(''))
    expect(readdirSync(server.folder).sort()).toEqual(['a', 'b'])
  })

  it('to the commit: nobody knows what became of it', async () => {
    const store = open({ timeout: 300 })
    await store.set('b', bytes(''))
    server.meddle = ({ name }, answer) => void (name !== 'RENAME' && answer())
    expect(await rejection(store.set('a', bytes('new')))).toMatchObject({
      code: 'Timeout',
      outcome: 'unknown',
    })
  })

  it('an abort ends the call at once, and the connection goes on', async () => {
    writeFileSync(path.join(server.folder, 'a'), 'value')
    const store = open()
    await store.get('a')
    let asked = () => {}
    const waiting = new Promise<void>(resolve => {
      asked = resolve
    })
    server.meddle = ({ name }, answer) => (name === 'READ' ? asked() : answer())
    const controller = new AbortController()
    const call = rejection(store.get('a', { signal: controller.signal }))
    await waiting
    const begun = performance.now()
    controller.abort()
    expect(await call).toMatchObject({ code: 'Aborted' })
    expect(performance.now() - begun).toBeLessThan(100)
    server.meddle = (_, answer) => answer()
    expect(text(await store.get('a'))).toBe('value')
    expect(server.attempts).toHaveLength(1)
  })

  it.each(['OPENDIR', 'READDIR'])('%s: a listing ends at its deadline, and is not short', async silent => {
    writeFileSync(path.join(server.folder, 'a'), 'value')
    const store = open({ timeout: 300 })
    server.meddle = ({ name }, answer) => void (name !== silent && answer())
    expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'Timeout', retryable: true })
    server.meddle = (_, answer) => answer()
    expect(await collect(store.keys())).toEqual(['a'])
  })

  it('before it has let anybody in: the deadline is that of the connection', async () => {
    const { createServer } = await import('node:net')
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    closedAfterTest(silent)
    await new Promise(resolve => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    const store = open({ port, timeout: 200 })
    expect(await rejection(store.set('a', bytes('x')))).toMatchObject({
      code: 'Timeout',
      outcome: 'not-applied',
    })
    await store.close()
  })
})

describe('status codes', () => {
  it.each([
    [3, 'PermissionDenied', false],
    [4, 'Unknown', false],
    [5, 'InvalidKey', false],
    [6, 'Unavailable', true],
    [7, 'Unavailable', true],
    [8, 'Unsupported', false],
  ])('%i is %s', async (status, code, retryable) => {
    const store = open()
    await store.set('b', bytes(''))
    for (const [name, call] of [
      ['LSTAT', () => store.has('a')],
      ['LSTAT', () => store.get('a')],
      ['OPENDIR', () => collect(store.keys())],
      ['READ', () => store.get('b')],
    ] as const) {
      if (name === 'READ') writeFileSync(path.join(server.folder, 'b'), 'x')
      server.meddle = refusing(name, status)
      const error = await rejection(call())
      expect(error, name).toMatchObject({ code, retryable })
      // Nothing of the server's words is told as it came.
      expect(`${error.message}${error.cause}${inspect(error)}`).not.toContain('\u001b')
    }
    server.meddle = refusing('OPEN', status, args => ((args[1] as number) & 2) > 0)
    expect(await rejection(store.set('a', bytes('x')))).toMatchObject({ code, outcome: 'not-applied' })
    server.meddle = (_, answer) => answer()
    expect((await collect(store.keys())).sort()).toEqual(['b'])
  })

  it.each([
    [10, 'Unavailable', 'not-applied'],
    [11, 'Conflict', 'not-applied'],
    [12, 'PermissionDenied', 'not-applied'],
    [13, 'Unavailable', 'not-applied'],
    [14, 'OutOfSpace', 'not-applied'],
    [15, 'OutOfSpace', 'not-applied'],
    [77, 'Unknown', 'unknown'],
  ])('of later versions of the protocol: %i is %s', (status, code, outcome) => {
    const error = Object.assign(new Error('canary\u001b'), { code: status })
    const told = errorOf(error, { op: 'set', writes: true })
    expect(told).toMatchObject({ code, outcome })
    expect(`${told?.message}${told?.cause}`).not.toContain('\u001b')
  })

  it('no such file is absent, and absent only', async () => {
    const store = open()
    expect(await store.get('a')).toBe(undefined)
    expect(await store.has('a')).toBe(false)
    await store.delete('a')
    server.meddle = refusing('READDIR', 2)
    expect(await rejection(collect(open().keys()))).toMatchObject({ code: 'Unavailable' })
  })

  it('a folder that cannot be made since a value took its name is no unknown failure', async () => {
    const store = open()
    server.meddle = ({ name, args }, answer) => {
      if (name === 'MKDIR' && args[0] === '/data/a') writeFileSync(path.join(server.folder, 'a'), 'x')
      answer()
    }
    expect(await rejection(store.set('a/b', bytes('')))).toMatchObject({ reason: 'prefix-of-other' })
    expect(text(await store.get('a'))).toBe('x')
  })

  it('a failed commit leaves the old value', async () => {
    const store = open({ replace: 'atomic' })
    server.meddle = refusing('RENAME', 3)
    expect(await rejection(store.set('a', bytes('x')))).toMatchObject({
      code: 'PermissionDenied',
      outcome: 'not-applied',
    })
    server.meddle = refusing('RENAME', 4)
    expect(await rejection(store.set('a', bytes('x')))).toMatchObject({ code: 'Unknown', outcome: 'unknown' })
    server.meddle = (_, answer) => answer()
    expect(await store.get('a')).toBe(undefined)
  })
})

describe('names from the server', () => {
  it('are never made part of a path unless they are names', async () => {
    const evil = [
      '..',
      '.',
      '',
      '../evil',
      '/etc/passwd',
      'a/b',
      'nul\0',
      'bad\ufffd',
      'good',
      '.hidden',
      '.kvdol/../x',
    ]
    const seen: ForeignEntry[] = []
    const paths: string[] = []
    writeFileSync(path.join(server.folder, 'good'), '')
    server.meddle = ({ name, id, args, sftp: wire }, answer) => {
      if (typeof args[0] === 'string') paths.push(args[0])
      if (name !== 'READDIR' || evil.length === 0) return answer()
      const attrs = { mode: 0o100644, uid: 0, gid: 0, size: 0, atime: 1, mtime: 1 }
      wire.name(
        id,
        evil.splice(0).map(filename => ({ filename, longname: '', attrs })),
      )
    }
    const store = open({ onForeign: entry => void seen.push(entry) })
    expect(await collect(store.keys())).toEqual(['good'])
    expect(seen.map(({ path: at }) => at)).toEqual([
      '',
      '../evil',
      '/etc/passwd',
      'a/b',
      'nul\0',
      'bad\ufffd',
      '.kvdol/../x',
    ])
    expect(seen.every(({ kind }) => kind === 'name')).toBe(true)
    expect(paths.every(at => at === '/data' || /^\/data\/(?:\.kvdol|bad\ufffd)$/.test(at))).toBe(true)
  })

  it('are no folders either', async () => {
    const evil = ['..', '../evil', '/etc', 'a/b', 'nul\0', 'bad\ufffd', 'good']
    const paths: string[] = []
    mkdirSync(path.join(server.folder, 'good'))
    server.meddle = ({ name, id, args, sftp: wire }, answer) => {
      if (typeof args[0] === 'string') paths.push(args[0])
      if (name !== 'READDIR' || evil.length === 0) return answer()
      const attrs = { mode: 0o040755, uid: 0, gid: 0, size: 0, atime: 1, mtime: 1 }
      const names = evil.splice(0).map(filename => ({ filename, longname: '', attrs }))
      wire.name(id, names)
    }
    const all = closedAfterTest(folders(server.connection))
    expect(await collect(all.keys())).toEqual(['good'])
    const asked = ['/data', '/data/.kvdol', '/data/good', '/data/bad\ufffd']
    expect(paths.filter(at => !asked.includes(at))).toEqual([])
  })

  it('2,501 of them are listed once, over many answers', async () => {
    for (let index = 0; index < 2501; index++) writeFileSync(path.join(server.folder, `n${index}`), '')
    const keys = await collect(open().keys())
    expect(new Set(keys).size).toBe(2501)
    expect(keys).toHaveLength(2501)
  })
})

describe('a connection that ends', () => {
  it('between two calls is opened again, without an error', async () => {
    const store = open()
    await store.set('a', bytes('1'))
    server.cut()
    await new Promise<void>(resolve => setImmediate(resolve))
    expect(text(await store.get('a'))).toBe('1')
    server.cut()
    expect(text(await store.get('a'))).toBe('1')
    expect(server.attempts).toHaveLength(3)
  })

  it('is not opened again for ever', async () => {
    const store = open()
    await store.set('a', bytes('1'))
    server.meddle = () => server.cut()
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unavailable', retryable: true })
    expect(server.attempts.length).toBeLessThanOrEqual(4)
  })

  it('while it is listed makes the listing reject', async () => {
    for (let index = 0; index < 400; index++) writeFileSync(path.join(server.folder, `n${index}`), '')
    const store = open()
    let pages = 0
    server.meddle = ({ name }, answer) => (name === 'READDIR' && ++pages === 3 ? server.cut() : answer())
    expect(await rejection(collect(store.keys()))).toMatchObject({ code: 'Unavailable' })
    expect(await store.size()).toBe(400)
  })
})

describe('somebody who holds the lock, and looked before a plain write', () => {
  const lock = () => path.join(server.folder, lockNameOf('a'))
  /** The lock of somebody else, who then ends. */
  const takeLock = () => writeFileSync(lock(), `${'a'.repeat(18)}.0.0.0.300.00000000`)

  it('and puts a value over it does not undo the write', async () => {
    const store = open()
    let once = true
    server.meddle = ({ name, args }, answer) => {
      answer()
      if (name !== 'RENAME' || args[1] !== '/data/a' || !once) return
      once = false
      writeFileSync(path.join(server.folder, 'a'), 'theirs')
      takeLock()
    }
    await store.set('a', bytes('mine'))
    expect(once).toBe(false)
    expect(text(await store.get('a'))).toBe('mine')
    expect(readdirSync(server.folder)).toEqual(['a'])
  })

  it('and puts a value back does not undo a delete', async () => {
    const store = open()
    await store.set('a', bytes('mine'))
    let once = true
    server.meddle = ({ name, args }, answer) => {
      answer()
      if (name !== 'REMOVE' || args[0] !== '/data/a' || !once) return
      once = false
      writeFileSync(path.join(server.folder, 'a'), 'theirs')
      takeLock()
    }
    await store.delete('a')
    expect(once).toBe(false)
    expect(await store.get('a')).toBe(undefined)
    expect(readdirSync(server.folder)).toEqual([])
  })

  it('is waited for by a stream, which could not be written again', async () => {
    const store = open()
    await store.set('a', bytes('old'))
    takeLock()
    let free = false
    server.meddle = ({ name, args }, answer) => {
      if (name === 'REMOVE' && args[0] === `/data/${lockNameOf('a')}`) free = true
      if (name === 'RENAME' && args[1] === '/data/a') expect(free).toBe(true)
      answer()
    }
    await writeStream(store, 'a', [bytes('new')])
    expect(text(await store.get('a'))).toBe('new')
  })
})

describe('secrets', () => {
  it('are in no error, whatever goes wrong', async () => {
    const passphrase = 'canary-passphrase-77'
    const keys = keyPair(passphrase)
    const told: string[] = []
    const note = async (options: SftpOptions) => {
      const store = open({ passphrase, privateKey: keys.private, ...options })
      for (const call of [
        () => store.get('a'),
        () => store.set('a', bytes('x')),
        () => collect(store.keys()),
      ]) {
        const error = await rejection(call)
        told.push(inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error.stack))
      }
    }
    server.meddle = ({ id, sftp: wire }) => wire.status(id, 4, `no ${PASSWORD} ${passphrase}`)
    await note({})
    await note({ password: 'wrong' })
    await note({ passphrase: 'wrong', password: PASSWORD })
    await note({ hostKey: keyPair().public })
    await note({ port: 1 })
    for (const secret of [PASSWORD, passphrase, keys.private, keys.private.split('\n')[1] as string])
      expect(told.filter(text => text.includes(secret))).toEqual([])
    expect(told.join()).toContain('privateKey is no private key')
  })

  it('an option that makes no sense does not show them', () => {
    expect(() => open({ password: 7 as never })).toThrow(/password is a string, not what was given/)
    expect(() => open({ privateKey: { canary: 1 } as never })).toThrow(/not what was given/)
  })
})

it('asks for nothing but files', async () => {
  const store = open({ keys: 'encoded' })
  for (const key of ['a\nb', '"quotes"', '$(touch evil)', '`x`', "';rm -rf /", '-rf'])
    await store.set(key, bytes(key))
  expect(await store.size()).toBe(6)
  expect(server.asked).toEqual([])
})
