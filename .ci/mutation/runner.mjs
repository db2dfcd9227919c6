// A test runner for Stryker that keeps core, its tests and the kit in one process, and changes only which mutant is
// active. Vitest's own runner imports all of them again for each mutant, which takes about three seconds.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { inFile, runTest, tests } from './declared.mjs'

const NAMESPACE = '__stryker__'
const TIMES = 'test-times.json'
/** A case of the kit: its clause comes first. */
const CASE = /^[A-Z]\d+ /
/** How many stores try the same case of the kit on one mutant. */
const SAME_CASE = 2
/** In milliseconds, for a test that no mutant disturbs. */
const LONGEST = 10_000
/** In milliseconds of the processor: slower cases of the kit are left out. */
const SLOW_CASE = 100
/** In milliseconds of the processor: how long tests are tried on a mutant, the likeliest to fail first. */
const LONG_ENOUGH = 5000

globalThis[NAMESPACE] ??= {}

const stand = fileURLToPath(new URL('declared.mjs', import.meta.url))
const EXTERNAL = ['esbuild', 'typescript', 'jiti', 'vite', 'rollup']

/** Workspace packages are those of the sandbox, in source; `vitest` is what stands in for it. */
const workspace = {
  name: 'workspace',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vitest$/ }, () => ({ path: pathToFileURL(stand).href, external: true }))
    onResolve({ filter: /^@kvdol\// }, ({ path }) => {
      const [, name, door] = path.split('/')
      return { path: resolve('packages', name, 'src', `${door ?? 'index'}.ts`) }
    })
    onLoad({ filter: /packages\/.*\/(test|src)\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes('import.meta.url')) return
      const url = `const __url = ${JSON.stringify(pathToFileURL(path).href)}`
      return { contents: `${url}\n${text.replaceAll('import.meta.url', '__url')}`, loader: 'ts' }
    })
  },
}

async function importTests(files) {
  const outfile = resolve(`tests-${process.pid}.mjs`)
  const lines = files.map(
    (file, index) =>
      `inFile(${JSON.stringify(file)}); await import(${JSON.stringify(resolve(file))}); // ${index}`,
  )
  await build({
    stdin: {
      contents: `import { inFile } from ${JSON.stringify(pathToFileURL(stand).href)}\n${lines.join('\n')}`,
      resolveDir: process.cwd(),
      loader: 'js',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    logLevel: 'error',
    external: [...EXTERNAL, 'file:*'],
    plugins: [workspace],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  await import(pathToFileURL(outfile).href)
  inFile(undefined)
}

class InProcessRunner {
  #options
  #byId = new Map()
  #stryker = globalThis[NAMESPACE]
  /** How often each test was tried on a mutant, and how often it failed. */
  #tries = new Map()
  #kills = new Map()
  #times

  constructor(options) {
    this.#options = options.inProcess
  }

  /** A mutant is active only while a test runs, never while modules load: there is nothing to load again. */
  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    // What a mutant has left to a timer may throw between two tests: that ends no process.
    for (const late of ['uncaughtException', 'unhandledRejection']) process.on(late, () => {})
    await importTests(this.#options.tests)
    for (const test of tests) {
      let id = `${test.file} > ${test.name}`
      while (this.#byId.has(id)) id += ' (again)'
      test.id = id
      this.#byId.set(id, test)
    }
  }

  async dryRun() {
    const results = []
    const times = {}
    const seen = new Map()
    const groups = new Map()
    for (const test of tests) {
      const isCase = CASE.test(test.own)
      if (isCase && (groups.get(test.suite) === false || this.#options.without.includes(test.suite.name)))
        continue
      this.#stryker.currentTestId = test.id
      const start = process.cpuUsage()
      const started = performance.now()
      const { state, error } = await runTest(test, LONGEST)
      const took = performance.now() - started
      const cost = millisecondsSince(start)
      this.#stryker.currentTestId = undefined
      const covered = this.#stryker.mutantCoverage?.perTest ?? {}
      const reach = Object.keys(covered[test.id] ?? {}).length
      if (state === 'failed' || state === 'timeout') {
        appendFileSync(this.#options.leftOut, `${state}: ${test.id}\n${error?.stack ?? ''}\n`)
        delete covered[test.id]
        if (this.#options.strict)
          return { status: 'error', errorMessage: `${test.id}: ${error?.message ?? state}` }
        continue
      }
      if (isCase && state === 'passed') {
        thinned(covered, test, seen)
        // Where the first case of a store reaches nothing new that is mutated, its others are not worth their time.
        if (!groups.has(test.suite)) groups.set(test.suite, Object.keys(covered[test.id] ?? {}).length > 0)
        if (cost > SLOW_CASE) delete covered[test.id]
      }
      times[test.id] = { took, cost, reach }
      results.push({
        id: test.id,
        name: test.name,
        timeSpentMs: took,
        fileName: test.file,
        status: state === 'skipped' ? 2 : 0,
      })
    }
    writeFileSync(
      `${this.#options.leftOut}.times.json`,
      JSON.stringify(
        Object.entries(times)
          .sort(([, a], [, b]) => b.took - a.took)
          .slice(0, 40),
        null,
        1,
      ),
    )
    writeFileSync(TIMES, JSON.stringify(times))
    return {
      status: 'complete',
      tests: results,
      mutantCoverage: this.#stryker.mutantCoverage ?? { static: {}, perTest: {} },
    }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    this.#times ??= JSON.parse(readFileSync(join(process.cwd(), TIMES), 'utf8'))
    const odds = id => (1 + (this.#kills.get(id) ?? 0)) / (10 + (this.#tries.get(id) ?? 0))
    // A test that reaches little is likelier to be about it.
    const worth = id => {
      const { cost, took, reach } = this.#times[id]
      return odds(id) / (1 + cost + took / 10) / (10 + reach)
    }
    // A test whose name is another in each process is tried in the first one only.
    const killers = [...(testFilter ?? this.#byId.keys())].filter(
      id => id in this.#times && this.#byId.has(id),
    )
    killers.sort((one, other) => worth(other) - worth(one))
    const begun = process.cpuUsage()
    let ran = 0
    for (const id of killers) {
      if (millisecondsSince(begun) > LONG_ENOUGH) break
      const test = this.#byId.get(id)
      ran++
      this.#tries.set(id, (this.#tries.get(id) ?? 0) + 1)
      this.#stryker.hitCount = 0
      this.#stryker.hitLimit = hitLimit
      this.#stryker.activeMutant = activeMutant.id
      const { state, error } = await runTest(test, Math.min(1500 + 10 * this.#times[id].took, LONGEST))
      this.#stryker.activeMutant = undefined
      if (state === 'passed' || state === 'skipped') {
        if (hitLimit !== undefined && this.#stryker.hitCount > hitLimit)
          return { status: 'timeout', reason: `hit limit: ${id}` }
        continue
      }
      await this.#clean(test)
      if (state === 'timeout') return { status: 'timeout', reason: id }
      this.#kills.set(id, (this.#kills.get(id) ?? 0) + 1)
      return {
        status: 'killed',
        killedBy: [id],
        failureMessage: String(error?.message ?? error),
        nrOfTests: ran,
      }
    }
    const { fileName, location, mutatorName, replacement } = activeMutant
    const where = `${fileName.split('/src/')[1]}:${location.start.line + 1}:${location.start.column + 1}`
    appendFileSync(
      this.#options.survivors,
      `${where} ${mutatorName} ${replacement.replaceAll(/\s+/g, ' ')}\n`,
    )
    return { status: 'survived', nrOfTests: ran }
  }

  /**
   * A test that fails also without the mutant says nothing: what an earlier one left behind is in the way, or the test
   * cannot run twice. It is left out from now on.
   */
  async #clean(test) {
    const { state, error } = await runTest(test, LONGEST)
    if (state === 'passed' || state === 'skipped') return
    appendFileSync(this.#options.leftOut, `left behind: ${test.id}\n${error?.stack ?? state}\n`)
    delete this.#times[test.id]
    writeFileSync(TIMES, JSON.stringify(this.#times))
    throw new Error(`${test.id} fails without a mutant: begin again`)
  }
}

/** Of the processor. */
function millisecondsSince(start) {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Leaves out of what a case covers those mutants that the same case of enough other stores covers. */
function thinned(covered, test, seen) {
  const own = covered[test.id]
  if (own === undefined) return
  if (!seen.has(test.own)) seen.set(test.own, new Map())
  const times = seen.get(test.own)
  for (const mutant of Object.keys(own)) {
    const before = times.get(mutant) ?? 0
    if (before === SAME_CASE) delete own[mutant]
    else times.set(mutant, before + 1)
  }
}

const create = options => new InProcessRunner(options)
create.inject = ['options']

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', factory: create }]

/** The settings that .ci/mutation.mjs gives. */
export const strykerValidationSchema = {
  properties: {
    inProcess: { type: 'object', properties: { tests: { type: 'array', items: { type: 'string' } } } },
  },
}
