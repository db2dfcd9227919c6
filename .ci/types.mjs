// The type matrix: under every supported TypeScript, the built declarations check in full, and
// packages/*/test/types/*.ts (assertions on exact types) compile against them.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node, root, tool, workspace } from './lib.mjs'

const compilers = ['typescript-5.9', 'typescript', 'typescript-7']
const packages = workspace('packages')

const declarations = ({ path, manifest }, include = () => true) =>
  Object.entries(manifest.exports)
    .filter(([subpath, target]) => target.types && include(subpath))
    .map(([, target]) => join(root, path, target.types))

const typeTests = ({ path }) => {
  const folder = join(root, path, 'test/types')
  return existsSync(folder) ? readdirSync(folder).map(name => join(folder, name)) : []
}

// A package with a tsconfig.browser.json promises to work without @types/node, save for its ./node exports.
const forBrowsers = packages.filter(({ path }) => existsSync(join(root, path, 'tsconfig.browser.json')))
const notForNode = subpath => !/^\.\/node\b/.test(subpath)

const consumers = {
  node: {
    files: packages.flatMap(each => declarations(each)),
    options: { lib: ['ES2023', 'ESNext.Disposable'], types: ['node'] },
  },
  browser: {
    files: forBrowsers.flatMap(each => declarations(each, notForNode)),
    options: {
      lib: ['ES2023', 'ESNext.Disposable', 'DOM'],
      types: [],
      module: 'ESNext',
      moduleResolution: 'Bundler',
    },
  },
  // The least that a program may have: no types of Node, no libraries but the web's.
  plain: {
    files: forBrowsers.flatMap(each => declarations(each, notForNode)),
    options: {
      target: 'ES2022',
      lib: ['ES2022', 'DOM'],
      types: [],
      module: 'ESNext',
      moduleResolution: 'Bundler',
    },
  },
  // These may import a package's source, which needs the lib and the import style of tsconfig.base.json.
  tests: {
    files: packages.flatMap(typeTests),
    options: {
      lib: ['ES2023', 'ES2024.String', 'ESNext.Disposable'],
      types: ['node'],
      skipLibCheck: true,
      allowImportingTsExtensions: true,
    },
  },
}

const folder = join(root, 'node_modules/.cache/types')
mkdirSync(folder, { recursive: true })

let failed = false
for (const [name, { files, options }] of Object.entries(consumers)) {
  if (files.length === 0) continue
  const project = join(folder, `${name}.json`)
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    ...options,
  }
  writeFileSync(project, JSON.stringify({ compilerOptions, files }))
  const check = async compiler => {
    const { code, output } = await node(tool(compiler, 'tsc'), ['--project', project], { capture: true })
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${compiler}: ${name} (${files.length} files)`)
    if (code !== 0) console.log(output)
    failed ||= code !== 0
  }
  await Promise.all(compilers.map(check))
}
process.exitCode = failed ? 1 : 0
