import { readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createStore, memory, type WritableDriver } from '@kvdol/core'
import { driverOf, METHODS } from '@kvdol/core/adapter'
import { bundle, bytes, collect, keptCertificate } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import schema from '../certificate.schema.json' with { type: 'json' }
import { type ByteStore, type Certificate, certify, type Subject } from '../src/index.ts'
import { problems } from './support/schema.ts'

const packages = new URL('../../', import.meta.url)
const document = new URL('../../../docs/adapters.md', import.meta.url)

const otherCore = bundle({ index: new URL('core/src/index.ts', packages) })

/** Packages that are no adapters. */
const OTHERS = ['codecs', 'conformance', 'create-adapter', 'services', 'test-support']

it('stores in memory are certified', () =>
  keptCertificate(new URL('core/certificates/memory.json', packages), () => {
    return certify(inMemory(), { backend: 'this process' })
  }))

/** Stores in memory, with what can be done to a place that no other program reaches. */
function inMemory(): Subject {
  let requests = 0
  const counted = (driver: WritableDriver) =>
    createStore({
      ...driver,
      ...Object.fromEntries(
        Object.entries(driver)
          .filter(([name, member]) => name in METHODS && typeof member === 'function')
          .map(([name, member]) => [
            name,
            (...given: unknown[]) => {
              requests++
              return member.apply(driver, given)
            },
          ]),
      ),
    } as WritableDriver)
  const drivers = new WeakMap<ByteStore, WritableDriver>()
  const opened = (driver: WritableDriver) => {
    const store = counted(driver)
    drivers.set(store, driver)
    return store
  }
  return {
    name: 'memory',
    open: () => opened(driverOf(memory({ order: 'utf8-bytes' })) as WritableDriver),
    reopen: store => opened(drivers.get(store) as WritableDriver),
    remove: () => {},
    async canaries() {
      const beside = memory()
      await beside.set('key', bytes('canary'))
      return {
        check: async () =>
          expect([await collect(beside.keys()), await beside.get('key')]).toEqual([['key'], bytes('canary')]),
      }
    },
    otherCore: () => import(otherCore('index')),
    requests: () => requests,
  }
}

interface Row {
  readonly name: string
  readonly certificate?: Certificate
}

function rows(): Row[] {
  return readdirSync(packages)
    .filter(name => !OTHERS.includes(name) && !name.startsWith('.'))
    .flatMap(name => {
      const folder = new URL(`${name}/certificates/`, packages)
      const files = read(() => readdirSync(folder)) ?? []
      if (files.length === 0) return [{ name }]
      return files.sort().map(file => ({
        name,
        certificate: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Certificate,
      }))
    })
}

function read<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function line({ name, certificate }: Row): string {
  const link = `[@kvdol/${name}](../packages/${name}/README.md)`
  if (certificate === undefined) return `| ${link} | – | – | no certificate yet | | | |`
  const { subject, backend, levels, clauses, hooks, kit, core, runtime, date } = certificate
  const count = (wanted: string) => Object.values(clauses).filter(verdict => verdict === wanted).length
  const level = levels.findLast(({ reached }) => reached)?.name ?? 'none'
  const counts = `${count('passed')} / ${count('partly')} / ${count('not tried')}`
  const missing = Object.keys(hooks.missing).join(', ') || 'none'
  const versions = `kit ${kit}, core ${core ?? 'unknown'}, ${runtime}, ${date.slice(0, 10)}`
  return `| ${link} | ${subject} | ${backend ?? '–'} | ${level} | ${counts} | ${missing} | ${versions} |`
}

const table = () =>
  [
    '| package | store | backend | level | clauses passed / partly / not tried | hooks not given | tried with |',
    '|---|---|---|---|---|---|---|',
    ...rows().map(line),
  ].join('\n')

describe('docs/adapters.md', () => {
  it('lists every certificate; KVDOL_UPDATE_README=1 writes it', async () => {
    const text = await readFile(document, 'utf8')
    const current = text.replace(
      /(<!-- certificates -->\n)[\s\S]*?(\n<!-- \/certificates -->)/,
      (_, open, close) => `${open}${table()}${close}`,
    )
    if (process.env.KVDOL_UPDATE_README === '1') await writeFile(document, current)
    expect(await readFile(document, 'utf8')).toBe(current)
  })

  it.each(rows().filter(({ certificate }) => certificate !== undefined))(
    '$name ships a certificate as the schema says',
    ({ certificate }) => {
      expect(problems(schema, certificate)).toEqual([])
    },
  )
})
