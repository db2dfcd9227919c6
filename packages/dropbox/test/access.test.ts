import { inspect } from 'node:util'
import { isStoreError, readStream, writeStream } from '@kvdol/core'
import { afterTest, bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it, vi } from 'vitest'
import { temporaryLink } from '../src/index.ts'
import { limited, Refusal, refused } from './support/dropbox-server/refusal.ts'
import { sharedServer, times } from './support/opened.ts'

const { server, service, open, asked, urls } = await sharedServer()

describe('6: fewer requests', () => {
  it.each(['files/get_metadata', 'files/upload'])('%s waits as long as it is asked to', async route => {
    const { store } = open({ keys: 'plain' })
    await store.set('a', bytes('one'))
    server.script = times(1, route, () => limited(1))
    const begun = performance.now()
    await store.set('a', bytes('two'))
    expect(performance.now() - begun).toBeGreaterThan(990)
    expect(text(await store.get('a'))).toBe('two')
  })

  it('a wait that is too long rejects at once, and says how long it is', async () => {
    const { store } = open({ timeout: 2000 })
    server.script = () => limited(300)
    expect(await rejection(store.get('a'))).toMatchObject({
      code: 'RateLimited',
      retryable: true,
      retryAfterMs: 300_000,
    })
    expect(server.received).toHaveLength(1)
  })

  it('too many writes at once are tried again, and given up', async () => {
    const { store } = open()
    await store.set('a', bytes('one'))
    server.script = times(3, 'files/upload', () => refused('path/too_many_write_operations'))
    await store.set('a', bytes('two'))
    expect(text(await store.get('a'))).toBe('two')
    server.script = received =>
      received.route === 'files/upload' ? limited(0, 'too_many_write_operations') : undefined
    expect(await rejection(store.set('a', bytes('three')))).toMatchObject({
      code: 'RateLimited',
      outcome: 'not-applied',
    })
    expect(text(await store.get('a'))).toBe('two')
  })

  it('503 passes, and 500 leaves a write in doubt', async () => {
    const { store } = open()
    await store.set('a', bytes('one'))
    server.script = times(2, 'files/upload', () => new Refusal(503, 'maintenance'))
    await store.set('a', bytes('two'))
    server.script = times(1, 'files/upload', () => new Refusal(500, 'failed'))
    expect(await rejection(store.set('a', bytes('three')))).toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
    server.script = times(2, 'files/download', () => new Refusal(500, 'failed'))
    expect(text(await store.get('a'))).toBe('two')
  })
})

describe('7: tokens', () => {
  let issued = 0
  function refreshing(clientSecret?: string) {
    const refreshToken = `canary-refresh-${++issued}+/&=`
    service.refreshTokens.set(refreshToken, {
      clientId: 'app',
      ...(clientSecret !== undefined && { clientSecret }),
    })
    const refresh = { clientId: 'app', refreshToken, ...(clientSecret !== undefined && { clientSecret }) }
    return { refreshToken, ...open({ refresh }) }
  }
  const refreshes = () => server.received.filter(({ target }) => target.startsWith('/oauth2/token'))

  it('one is fetched, for all calls together, and its secrets are in no address', async () => {
    const { store } = refreshing('canary secret&=')
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.get(`k${index}`)))
    expect(refreshes()).toHaveLength(1)
    for (const { target } of server.received) expect(target).not.toContain('canary')
  })

  it('one that expires in the middle is replaced once, and every call succeeds', async () => {
    const { store } = refreshing()
    await store.set('a', bytes('x'))
    server.received.length = 0
    for (const token of [...service.tokens]) service.expire(token)
    const values = await Promise.all(Array.from({ length: 20 }, () => store.get('a')))
    expect(values.map(value => text(value))).toEqual(Array.from({ length: 20 }, () => 'x'))
    expect(refreshes()).toHaveLength(1)
    await store.set('a', bytes('y'))
  })

  it('one that is near its end is replaced before it is refused', async () => {
    service.tokenLife = 0
    const { store } = refreshing()
    await store.get('a')
    await store.get('a')
    service.tokenLife = 14_400
    expect(refreshes().length).toBeGreaterThan(1)
    expect(server.received.length).toBeGreaterThan(refreshes().length)
  })

  it('without refresh an expired one is Unauthenticated, as is a revoked one', async () => {
    const token = service.newToken()
    const { store } = open({ token })
    await store.set('a', bytes('x'))
    service.expire(token)
    for (const call of [store.get('a'), store.set('a', bytes('y')), store.has('a')])
      expect(await rejection(call)).toMatchObject({ code: 'Unauthenticated', outcome: 'not-applied' })
    service.expired.delete(token)
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unauthenticated' })
  })

  it('a refresh token that was revoked is Unauthenticated', async () => {
    const { store, refreshToken } = refreshing()
    service.refreshTokens.delete(refreshToken)
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unauthenticated' })
    expect(await rejection(store.set('a', bytes('x')))).toMatchObject({
      code: 'Unauthenticated',
      outcome: 'not-applied',
    })
  })

  it('a new one that is refused too is Unauthenticated, after one try', async () => {
    const { store } = refreshing()
    server.script = received =>
      received.target.startsWith('/oauth2') ? undefined : refused('invalid_access_token', {}, 401)
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unauthenticated' })
    expect(refreshes()).toHaveLength(2)
  })

  it('a request for one that hangs does not hold up the next calls', async () => {
    const { refreshToken } = refreshing()
    const { store } = open({ refresh: { clientId: 'app', refreshToken }, timeout: 300 })
    server.script = ({ target }) => (target.startsWith('/oauth2') ? 'answered' : undefined)
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Timeout' })
    server.script = undefined
    await expect.poll(() => store.get('a').catch(({ code }) => code), { timeout: 5000 }).toBeUndefined()
  })

  it('a missing scope is PermissionDenied', async () => {
    const { store } = open()
    server.script = () => refused('missing_scope', { required_scope: 'files.content.read' }, 401)
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'PermissionDenied' })
  })

  it('an answer that is none of Dropbox leaves a write in doubt', async () => {
    const { store } = open()
    await store.set('a', bytes('x'))
    server.script = (_, response) => {
      response.end('<html>log in</html>')
      return 'answered'
    }
    expect(await rejection(store.has('a'))).toMatchObject({ code: 'Unavailable', outcome: 'not-applied' })
    expect(await rejection(store.set('a', bytes('y')))).toMatchObject({
      code: 'Unavailable',
      outcome: 'unknown',
    })
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Corrupt' })
  })

  it('go nowhere else when an answer sends elsewhere', async () => {
    const { store } = open()
    server.script = () => new Refusal(307, '', { location: `${server.url}/elsewhere` })
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Unavailable', retryable: false })
    await rejection(store.has('a'))
    expect(server.received.map(({ target }) => target)).not.toContain('/elsewhere')
  })
})

describe('secrets', () => {
  const refreshToken = 'canary-refresh-token'
  const clientSecret = 'canary-client-secret'

  const answers: [string, () => Refusal | 'destroy'][] = [
    ['a refusal that repeats them', () => new Refusal(400, tell(), { 'x-told': tell() })],
    [
      'a conflict that repeats them',
      () => new Refusal(409, { error_summary: tell(), error: { '.tag': tell() } }),
    ],
    ['no permission', () => new Refusal(403, { error: tell() })],
    ['a failure', () => new Refusal(500, tell())],
    ['the end of the connection', () => 'destroy'],
    ['no access', () => refused('invalid_access_token', { told: tell() }, 401)],
  ]

  it.each(answers)('are told by no call: %s', async (_, answer) => {
    service.refreshTokens.set(refreshToken, { clientId: 'app', clientSecret })
    const { store } = open({ refresh: { clientId: 'app', refreshToken, clientSecret } })
    await store.set('a', bytes('x'))
    server.script = (received, response) => {
      if (received.target.startsWith('/oauth2')) return undefined
      const given = answer()
      if (given !== 'destroy') return given
      response.destroy()
      return 'answered'
    }
    const calls: [string, () => Promise<unknown>][] = [
      ['get', () => store.get('a')],
      ['has', () => store.has('a')],
      ['stat', () => store.stat('a')],
      ['set', () => store.set('a', bytes('y'))],
      ['delete', () => store.delete('a')],
      ['keys', () => collect(store.keys())],
      ['size', () => store.size()],
      ['readStream', () => readStream(store, 'a')],
      ['writeStream', () => writeStream(store, 'a', [bytes('z')])],
      ['temporaryLink', () => temporaryLink(store, 'a')],
    ]
    await Promise.all(
      calls.map(async ([name, call]) => {
        const error = await rejection(call)
        expect(isStoreError(error)).toBe(true)
        const told = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`
        expect(told, name).not.toMatch(/canary/)
      }),
    )
  })

  it('are told by no error of the network', async () => {
    const send = vi.spyOn(globalThis, 'fetch')
    afterTest(() => send.mockRestore())
    const token = `canary-${service.newToken()}`
    const { store } = open({ token })
    send.mockImplementation(async (url, init) => {
      throw new TypeError('fetch failed', { cause: new Error(`${url} ${JSON.stringify(init)}`) })
    })
    for (const call of [store.get('a'), store.has('a'), collect(store.keys())])
      expect(inspect(await rejection(call), { depth: 9, showHidden: true })).not.toMatch(/canary/)
  })

  it('are told by no refused token request', async () => {
    const { store } = open({ refresh: { clientId: 'app', refreshToken: 'canary-unknown' } })
    const error = await rejection(store.get('a'))
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/canary/)
  })

  function tell(): string {
    return [refreshToken, clientSecret, ...service.tokens].join(' ')
  }
})

describe('a server that cannot be reached', () => {
  it('is Unavailable, and nothing was written', async () => {
    const { store } = open({ ...urls, apiUrl: 'http://127.0.0.1:1', contentUrl: 'http://127.0.0.1:1' })
    expect(await rejection(store.set('a', bytes('x')))).toMatchObject({
      code: 'Unavailable',
      outcome: 'not-applied',
    })
    expect(asked('files/upload')).toBe(0)
  })

  it('that does not answer is a Timeout', async () => {
    const { store } = open({ timeout: 200 })
    server.script = () => 'answered'
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'Timeout' })
    server.script = undefined
    await store.set('a', bytes('x'))
    server.script = received => (received.route === 'files/upload' ? 'answered' : undefined)
    expect(await rejection(store.set('a', bytes('y')))).toMatchObject({ code: 'Timeout', outcome: 'unknown' })
  })
})
