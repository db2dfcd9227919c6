// Writes what test.mjs needs to know about a run to the file named by KVDOL_TEST_SUMMARY.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from './lib.mjs'

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const summary = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) {
      // Errors outside of a test: a file that does not load, a hook that throws.
      summary.failed += module.errors().length
      for (const suite of module.children.allSuites()) summary.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state, note } = test.result()
        if (state === 'passed') summary.passed++
        else if (state === 'skipped') summary.skipped.push({ names: namesOf(module, test), reason: note })
        else summary.failed++
      }
    }
    writeFileSync(process.env.KVDOL_TEST_SUMMARY, JSON.stringify(summary))
  }
}

/** From the outermost to the innermost: project, file, suites, test. */
function namesOf(module, test) {
  const names = [test.name]
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) names.unshift(parent.name)
  return [module.project.name, relative(root, module.moduleId), ...names]
}
