import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { withoutSecrets } from '../src/adapter.ts'

const SECRET = 'p@ss/w0rd é'

describe('withoutSecrets', () => {
  it('keeps name, message, code and causes', () => {
    class VendorError extends Error {
      override readonly name = 'VendorError'
      readonly code = 'E42'
    }
    const cause = Object.assign(new Error('socket closed'), { code: 7 })
    const told = withoutSecrets(new VendorError('it broke', { cause }), [SECRET])
    expect(told).toMatchObject({ name: 'VendorError', message: 'it broke', code: 'E42' })
    expect(told.cause).toMatchObject({ name: 'Error', message: 'socket closed', code: 7 })
    expect(told).not.toBeInstanceOf(VendorError)
  })

  it('hides each secret wherever it stands', () => {
    const url = `db://me:${encodeURIComponent(SECRET)}@host/x`
    const error = Object.assign(
      new Error(`cannot reach ${url} with ${SECRET}`, { cause: new Error(SECRET) }),
      {
        code: SECRET,
        options: { password: SECRET, url },
      },
    )
    const told = withoutSecrets(error, [SECRET, '', undefined])
    for (const shown of [inspect(told), JSON.stringify(told), told.stack, String(told)])
      for (const spelling of [SECRET, encodeURIComponent(SECRET), encodeURI(SECRET)])
        expect(shown).not.toContain(spelling)
    expect(told.message).toBe('cannot reach db://me:***@host/x with ***')
    expect(withoutSecrets(error, [SECRET, url]).message).toBe('cannot reach *** with ***')
  })

  it('hides a secret within another', () => {
    expect(withoutSecrets(new Error('key abcdef and abc'), ['abc', 'abcdef']).message).toBe('key *** and ***')
  })

  it('takes anything that was thrown, and chains without end', () => {
    expect(withoutSecrets('no abc here', ['abc']).message).toBe('no *** here')
    const round = new Error('round')
    round.cause = round
    expect(withoutSecrets(round, []).message).toBe('round')
  })

  it('keeps the trace of an error that nobody expected, with the secrets hidden', () => {
    const error = new Error(`no ${SECRET}`)
    const kept = withoutSecrets(error, [SECRET], true)
    expect(kept.stack).toBe(error.stack?.replaceAll(SECRET, '***'))
    expect(kept.stack).toContain('without-secrets.test')
    expect(withoutSecrets(error, [SECRET]).stack).toBe('Error: no ***')
    error.stack = ''
    expect(withoutSecrets(error, [], true).stack).toBe(`Error: no ${SECRET}`)
  })

  it('has a code and a cause only where there was one, and four causes at most', () => {
    expect('code' in withoutSecrets(new Error('a'))).toBe(false)
    expect('code' in withoutSecrets(Object.assign(new Error('a'), { code: {} }))).toBe(false)
    expect('cause' in withoutSecrets(new Error('a'))).toBe(false)
    const chain = ['5', '4', '3', '2', '1', '0'].reduce<Error | undefined>(
      (cause, message) => new Error(message, { cause }),
      undefined,
    )
    const told: string[] = []
    for (let error: unknown = withoutSecrets(chain); error instanceof Error; error = error.cause)
      told.push(error.message)
    expect(told).toEqual(['0', '1', '2', '3', '4'])
  })

  it('hides each spelling of an address', () => {
    const secret = 'db://a b/ü'
    const said = `${secret} ${encodeURI(secret)} ${encodeURIComponent(secret)}`
    expect(withoutSecrets(new Error(said), [secret]).message).toBe('*** *** ***')
  })
})
