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
  #kills = new Map()
  #times

  constructor(options) {
    this.#options = options.inProcess
  }

  capabilities() {
    return { reloadEnvironment: false }
  }

  async init() {
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
      const { user, system } = process.cpuUsage(start)
      const cost = (user + system) / 1000
      this.#stryker.currentTestId = undefined
      const covered = this.#stryker.mutantCoverage?.perTest ?? {}
      if (state === 'failed' || state === 'timeout') {
        appendFileSync(this.#options.leftOut, `${state}: ${test.id}\n${error?.stack ?? ''}\n`)
        delete covered[test.id]
        if (this.#options.strict)
          return { status: 'error', errorMessage: `${test.id}: ${error?.message ?? state}` }
        continue
      }
      if (isCase && state === 'passed') {
        // Where the first case of a store reaches nothing that is mutated, its others are not worth their time.
        if (!groups.has(test.suite)) groups.set(test.suite, covered[test.id] !== undefined)
        if (cost > SLOW_CASE) delete covered[test.id]
        else thinned(covered, test, seen)
      }
      times[test.id] = { took, cost }
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
    const worth = id =>
      (1 + (this.#kills.get(id) ?? 0)) / (1 + this.#times[id].cost + this.#times[id].took / 10)
    const killers = [...(testFilter ?? this.#byId.keys())].filter(id => id in this.#times)
    killers.sort((one, other) => worth(other) - worth(one))
    let ran = 0
    for (const id of killers) {
      const test = this.#byId.get(id)
      ran++
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

  /** A test that fails also without the mutant says nothing: what an earlier one left behind is in the way. */
  async #clean(test) {
    const { state } = await runTest(test, LONGEST)
    if (state !== 'passed' && state !== 'skipped')
      throw new Error(`${test.id} fails without a mutant: begin again`)
  }
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
