import { readFile } from 'node:fs/promises'
import { memory } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import { certify, conformance, contract, saboteurs } from '../src/index.ts'
import { kitVersion } from '../src/version.ts'

describe('certify', () => {
  it('certifies a store that keeps the contract, in plain JSON', async () => {
    const certificate = await certify({ open: () => memory({ order: 'utf8-bytes' }) }, { version: '1.2.3' })
    expect(certificate).toMatchObject({
      driver: 'memory',
      subject: 'memory',
      version: '1.2.3',
      seed: 1,
      passed: true,
      failures: [],
    })
    expect(certificate.clauses).toMatchObject({
      K5: 'passed',
      L2: 'passed',
      K9: { skipped: 'the subject has no canaries' },
    })
    expect(certificate.skips.every(({ reason }) => reason.length > 5)).toBe(true)
    expect(JSON.parse(JSON.stringify(certificate))).toEqual(certificate)
  })

  it('names the clauses that a store breaks', async () => {
    const liar = saboteurs.find(({ name }) => name === 'deletes nothing')
    if (liar === undefined) throw new Error('the saboteur is gone')
    const certificate = await certify(liar.subject)
    expect(certificate.passed).toBe(false)
    expect(certificate.clauses.D3).toBe('failed')
    expect(certificate.failures.map(({ message }) => message).join()).toContain('wants:')
  })

  it('knows its own version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    expect(kitVersion).toBe(version)
  })
})

describe('conformance', () => {
  it('has a case for every clause about stores', () => {
    const covered = new Set(conformance({ open: () => memory() }).map(({ clause }) => clause))
    expect(
      Object.keys(contract).filter(clause => !clause.startsWith('Q') && !covered.has(clause as never)),
    ).toEqual([])
  })

  it('has names that occur once, each beginning with its clause', () => {
    const cases = conformance({ open: () => memory() })
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
    for (const { name, clause } of cases) expect(name.startsWith(`${clause} `)).toBe(true)
  })

  it('says why it skips, also without a runner', async () => {
    const skipped = conformance({ open: () => memory() }).filter(({ skip }) => skip !== undefined)
    expect(skipped.map(({ skip }) => skip)).toContain('the subject has no reopen')
    for (const { run } of skipped) await expect(run()).resolves.toBeUndefined()
  })

  it('prints seed and steps of a random run that fails, the same each time', async () => {
    const liar = saboteurs.find(({ name }) => name === 'counts the limit before the prefix')
    const cases = conformance({ ...liar?.subject, open: () => liar?.subject.open() as never, seed: 7 })
    const run = cases.find(({ clause }) => clause === 'M1')?.run ?? (() => Promise.resolve())
    const messages = [await run().catch(String), await run().catch(String)]
    expect(messages[0]).toMatch(/seed: {2}7[\s\S]*"do":"list"/)
    expect(messages[1]).toBe(messages[0])
  })
})
