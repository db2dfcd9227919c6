// What test files declare when they are imported outside of vitest: their tests, in order, each with its hooks.
//
// It stands in for the module `vitest` in the bundle that the runner of mutants makes. Only what core's tests and the
// kit use is here; `expect` and `vi` are vitest's own.

import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

// Vitest's fake timers look for the settings of a worker.
globalThis.__vitest_worker__ ??= {
  config: {
    fakeTimers: {
      loopLimit: 10_000,
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    },
    expect: {},
  },
}
const real = await import('vitest')

/** All tests that have been declared. */
export const tests = []

let suite = { name: '', hooks: [] }
let running

/** The file whose tests are declared next. */
export function inFile(file) {
  suite = { name: '', hooks: [], file }
}

const hook = when => run => void suite.hooks.push({ when, run })
export const beforeEach = hook('beforeEach')
export const afterEach = hook('afterEach')
export const beforeAll = hook('beforeAll')
export const afterAll = () => {}

export const onTestFinished = run => void running.finished.push(run)
export const TestRunner = { getCurrentTest: () => running }
export const { vi, expectTypeOf } = real

async function untilPassed(given, check, { timeout = 1000, interval = 50 } = {}) {
  const end = performance.now() + timeout
  for (;;) {
    try {
      return await check(real.expect(await given()))
    } catch (error) {
      if (performance.now() > end) throw error
      await sleep(interval)
    }
  }
}

/** `expect.poll(…).toBe(…)` without a worker of vitest. */
function poll(given, options) {
  const matchers = negated =>
    new Proxy(
      {},
      {
        get: (_, name) =>
          name === 'not'
            ? matchers(true)
            : (...expected) => untilPassed(given, it => (negated ? it.not : it)[name](...expected), options),
      },
    )
  return matchers(false)
}
export const expect = new Proxy(real.expect, { get: (of, name) => (name === 'poll' ? poll : of[name]) })

function declare(name, ...rest) {
  const run = rest.find(one => typeof one === 'function')
  tests.push({ name: `${suite.name} ${name}`.trim(), own: name, file: suite.file, suite, run })
}

function group(name, ...rest) {
  const above = suite
  suite = { name: `${above.name} ${name}`.trim(), hooks: [], file: above.file, above }
  rest.find(one => typeof one === 'function')()
  suite = above
}

/** Without stacks, as a name has to be the same in each process. */
const shown = value =>
  typeof value === 'string' || value instanceof Error ? String(value) : inspect(value, { depth: 1 })

const titled = (title, row, index) => {
  let next = 0
  const filled = title
    .replaceAll(/\$([a-zA-Z_.]+)/g, (whole, path) => {
      const value = path.split('.').reduce((of, part) => of?.[part], row)
      return value === undefined ? whole : shown(value)
    })
    .replaceAll(/%[sdijo]/g, () => shown(Array.isArray(row) ? row[next++] : row))
  return filled.replaceAll('%#', String(index))
}

const each = declareOne => rows => (title, run, options) => {
  rows.forEach((row, index) => {
    const values = Array.isArray(row) ? row : [row]
    declareOne(titled(title, row, index), context => run(...values, context), options)
  })
}

const withForms = declareOne =>
  Object.assign((...args) => declareOne(...args), {
    each: each(declareOne),
    skip: () => {},
    skipIf: condition => (condition ? () => {} : declareOne),
    runIf: condition => (condition ? declareOne : () => {}),
    concurrent: declareOne,
  })

export const it = withForms(declare)
export const test = it
export const describe = withForms(group)

class Skipped extends Error {}

const hooksOf = (suite, when) =>
  suite === undefined
    ? []
    : [...hooksOf(suite.above, when), ...suite.hooks.filter(hook => hook.when === when).map(hook => hook.run)]

async function all(runs, context, errors) {
  for (const run of runs)
    try {
      await run(context)
    } catch (error) {
      errors.push(error)
    }
}

async function whole(test, errors) {
  const context = {
    task: { name: test.own },
    signal: new AbortController().signal,
    skip(why) {
      throw new Skipped(why)
    },
    onTestFinished,
    expect,
  }
  let skipped = false
  try {
    for (const hook of hooksOf(test.suite, 'beforeAll')) {
      hook.done ??= Promise.resolve().then(hook)
      await hook.done
    }
    for (const hook of hooksOf(test.suite, 'beforeEach')) await hook(context)
    await test.run(context)
  } catch (error) {
    if (error instanceof Skipped) skipped = true
    else errors.push(error)
  }
  await all(hooksOf(test.suite, 'afterEach').reverse(), context, errors)
  await all(test.finished.reverse(), context, errors)
  return skipped ? 'skipped' : 'passed'
}

const { setTimeout: after, clearTimeout: forget } = globalThis

/**
 * Runs one test: `passed`, `skipped`, `failed` with its error, or `timeout`. Rejections that nobody handles while it runs
 * fail it, as they do in vitest.
 */
export async function runTest(test, timeout) {
  const errors = []
  const unhandled = error => void errors.push(error)
  process.on('unhandledRejection', unhandled)
  process.on('uncaughtException', unhandled)
  // Files leave to vitest to end what they began, as it runs each in a world of its own.
  if (running?.file !== test.file) tidy()
  running = test
  test.finished = []
  let timer
  const late = new Promise(resolve => {
    timer = after(resolve, timeout, 'timeout')
  })
  const state = await Promise.race([whole(test, errors), late])
  forget(timer)
  // A rejection is told of once the microtasks have run.
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  process.off('uncaughtException', unhandled)
  if (state !== 'passed' || errors.length > 0) tidy()
  if (errors.length > 0) return { state: 'failed', error: errors[0] }
  return { state }
}

const CLOCKS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'Date',
  'performance',
]
const clocks = Object.fromEntries(CLOCKS.map(name => [name, globalThis[name]]))

/** Ends what tests may have left behind: fake clocks, and spies that were put upon them. */
function tidy() {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
  for (const name of CLOCKS) if (globalThis[name] !== clocks[name]) globalThis[name] = clocks[name]
}
