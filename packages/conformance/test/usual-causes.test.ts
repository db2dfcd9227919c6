import { createStore, memory } from '@kvdol/core'
import { driverOf } from '@kvdol/core/adapter'
import { describe, expect, it } from 'vitest'
import { certify, conformance, Violation } from '../src/index.ts'

/** A store that takes no bytes for no value. */
const forgetful = () => {
  const driver = driverOf(memory())
  return createStore({
    ...driver,
    get: async (key: string, options: object) => {
      const value = (await driver.get(key, options)) as Uint8Array | undefined
      return value?.byteLength === 0 ? undefined : value
    },
  } as never)
}

const places = {
  V1: /often: .*takes no bytes for no value\n {2}see: {3}docs\/contract\.md#v1, or explain\('V1'\)$/,
}

describe('a failure', () => {
  it('names what is usually behind it, and links its clause', async () => {
    const broken = conformance({ open: forgetful as never }).filter(({ clause }) => clause === 'V1')
    const errors = await Promise.all(
      broken.map(({ run }) =>
        run().then(
          () => undefined,
          error => error,
        ),
      ),
    )
    const told = errors.filter(error => error !== undefined)
    expect(told.length).toBeGreaterThan(0)
    for (const error of told) {
      expect(error).toBeInstanceOf(Violation)
      expect(error.message).toMatch(places.V1)
    }
  })

  it('that is none of the contract is one of its clause, with what was thrown as cause', async () => {
    const thrown = new RangeError('the kit’s subject failed')
    const open = () => {
      throw thrown
    }
    const [first] = conformance({ open })
    const error = await first?.run().catch((error: unknown) => error)
    expect(error).toMatchObject({ name: 'Violation', cause: thrown })
    expect((error as Error).message).toMatch(/RangeError: the kit’s subject failed\n {2}often: /)
  })

  it('says so in the certificate', async () => {
    const { failures } = await certify({ open: forgetful as never, scale: 'smoke' })
    expect(JSON.stringify(failures)).toContain('docs/contract.md#v1')
  }, 60_000)
})
