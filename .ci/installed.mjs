// The packages as people install them: each from its tarball in a project of its own, with what the install lines of its
// page name and nothing else. The first example of its page runs on every Node at hand, as a module and by `require`, and
// TypeScript checks it with each way to resolve modules. Nothing is downloaded for it: libraries are linked.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { run } from './lib.mjs'
import { makeProject } from './project.mjs'
import { NOWHERE, published } from './published.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'kvdol-installed-'))
let failed = false

const resolutions = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
}

function report(label, problems) {
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${label}`)
  for (const problem of problems) console.log(problem)
  failed ||= problems.length > 0
}

try {
  const packages = await published(join(scratch, 'published'), NOWHERE)
  // What is only started, and never imported, is tried by the tests of its package.
  const imported = packages.filter(({ manifest }) => Object.keys(manifest.exports).length > 1)
  const projects = await Promise.all(
    imported.map(each => makeProject(each, packages, join(scratch, 'projects'))),
  )
  for (const { version, path } of await nodesAtHand()) {
    const problems = await Promise.all(projects.map(project => problemsOn(path, project)))
    report(`${projects.length} packages on Node ${version}`, problems.flat())
  }
  for (const [name, options] of Object.entries(resolutions))
    report(`TypeScript, ${name}`, typeProblems(projects, options))
} finally {
  rmSync(scratch, { recursive: true })
}
process.exitCode = failed ? 1 : 0

/** This Node, and those that the tests of the workspace use. */
async function nodesAtHand() {
  const { openServices } = await import('../packages/services/dist/index.js')
  const services = await openServices()
  try {
    const nodes = [{ version: process.versions.node, path: process.execPath }]
    for (const name of ['node22', 'node24']) {
      const { url: path, missing, how } = await services.get(name)
      if (path === undefined) console.log(`skipped Node ${name.slice(4)}: ${missing} (${how})`)
      else if (path !== process.execPath) nodes.push({ version: name.slice(4), path })
    }
    return nodes
  } finally {
    await services.close()
  }
}

/** What goes wrong when this Node runs the programs of a project. */
async function problemsOn(node, { name, place, programs }) {
  const problems = []
  for (const { file, output: wanted } of programs) {
    const cwd = mkdtempSync(join(place, 'cwd-'))
    const env = { PATH: process.env.PATH, HOME: cwd, XDG_DATA_HOME: cwd, USERPROFILE: cwd, LOCALAPPDATA: cwd }
    const { code, output } = await run(node, ['--no-warnings', join(place, file)], {
      cwd,
      env,
      capture: true,
    })
    if (code !== 0) problems.push(`${name}: ${file} ended with ${code}:\n${output.trim()}`)
    else if (wanted !== undefined && output.trim() !== wanted.trim())
      problems.push(`${name}: ${file} printed\n${output.trim()}\ninstead of\n${wanted.trim()}`)
  }
  return problems
}

/** What the compiler says of all examples under these options. Declarations are checked in full by types.mjs. */
function typeProblems(projects, resolution) {
  const options = {
    ...resolution,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    typeRoots: [join(projects[0].place, 'node_modules/@types')],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  }
  // Only this one lets a script import a module by `require`.
  const scripts = resolution === resolutions.nodenext
  const files = projects.flatMap(({ types }) =>
    scripts ? [...types.modules, ...types.scripts] : types.modules,
  )
  return ts.getPreEmitDiagnostics(ts.createProgram(files, options)).map(({ file, start, messageText }) => {
    const at = file && ts.getLineAndCharacterOfPosition(file, start ?? 0).line + 1
    return `${file?.fileName.slice(scratch.length)}:${at}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}
