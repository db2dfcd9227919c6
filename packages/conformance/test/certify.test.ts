import { readFile } from 'node:fs/promises'
import { createStore, memory } from '@kvdol/core'
import { describe, expect, it } from 'vitest'
import schema from '../certificate.schema.json' with { type: 'json' }
import { badge, certify, conformance, contract, saboteurs, suite } from '../src/index.ts'
import { honest } from '../src/saboteurs/honest.ts'
import { subjectOf } from '../src/saboteurs/saboteur.ts'
import { kitVersion } from '../src/version.ts'
import { problems } from './support/schema.ts'

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
      K9: 'not tried',
      R2: 'partly',
      W6: 'not tried',
    })
    expect(certificate.hooks.given).toEqual([])
    expect(certificate.hooks.missing.canaries).toContain('outside the store')
    expect(certificate.levels.map(({ name, reached }) => [name, reached])).toEqual([
      ['alone', true],
      ['shared', false],
      ['faults', false],
      ['processes', false],
    ])
    expect(certificate.runtime).toContain(process.versions.node)
    expect(certificate.spent.requests).toBeGreaterThan(1000)
    expect(certificate.left).toBeGreaterThan(100)
    expect(problems(schema, certificate)).toEqual([])
    expect(certificate.skips.every(({ reason }) => reason.length > 5)).toBe(true)
    expect(JSON.parse(JSON.stringify(certificate))).toEqual(certificate)
  })

  it('reaches every level with every hook and the evidence of processes', async () => {
    const subject = subjectOf('honest', place => createStore(honest(place)))
    const evidence = [{ clause: 'C2', what: 'a process ended' }]
    const given = { remove: () => {}, otherCore: () => import('@kvdol/core'), scale: 'smoke' } as const
    const whole = { ...subject, ...given }
    const certificate = await certify(whole, { evidence, backend: 'memory 1', concurrency: 8 })
    expect(certificate.failures).toEqual([])
    expect(certificate.levels).toEqual(
      ['alone', 'shared', 'faults', 'processes'].map(name => ({ name, reached: true, missing: [] })),
    )
    expect(certificate).toMatchObject({ backend: 'memory 1', left: 0, hooks: { missing: {} } })
    expect(certificate.clauses).toMatchObject({ C2: 'passed', W6: 'not tried', W13: 'passed' })
    expect(problems(schema, certificate)).toEqual([])
    expect(badge(certificate)).toMatchObject({
      schemaVersion: 1,
      label: 'kvdol contract',
      message: expect.stringMatching(/^processes, \d+ of \d+ clauses$/),
      color: 'brightgreen',
    })
  })

  it('names the clauses that a store breaks', async () => {
    const liar = saboteurs.find(({ name }) => name === 'deletes nothing')
    if (liar === undefined) throw new Error('the saboteur is gone')
    const certificate = await certify({ ...liar.subject, scale: 'smoke' })
    expect(certificate.passed).toBe(false)
    expect(certificate.clauses.D3).toBe('failed')
    expect(certificate.levels[0]).toEqual({ name: 'alone', reached: false, missing: ['every clause'] })
    expect(badge(certificate)).toMatchObject({
      color: 'red',
      message: expect.stringMatching(/clauses broken$/),
    })
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

describe('suite', () => {
  it('declares every case with a limit beyond its own deadline', () => {
    const declared: [string, number][] = []
    suite((name, run, timeout) => declared.push([name, timeout + run.length]), { open: () => memory() })
    const cases = conformance({ open: () => memory() })
    expect(declared).toEqual(cases.map(({ name, timeout }) => [name, timeout]))
    expect(Math.min(...declared.map(([, timeout]) => timeout))).toBeGreaterThan(120_000)
  })

  it('needs the function that declares a test', () => {
    expect(() => suite({} as never, { open: () => memory() })).toThrow(/suite\(it, subject\)/)
  })
})
