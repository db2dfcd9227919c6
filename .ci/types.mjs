// The type matrix: under every supported TypeScript, the built declarations check in full, programs in the styles that
// are common compile against them, and packages/*/test/types/*.ts (assertions on exact types) hold.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node, root, tool, workspace } from './lib.mjs'

/** Names of the parts to run; all by default. */
const wanted = process.argv.slice(2)

/** The oldest supported first. What is not installed is left out, and said. */
const known = [
  'typescript-5.4',
  'typescript-5.6',
  'typescript-5.8',
  'typescript-5.9',
  'typescript',
  'typescript-7',
]
const compilers = known.filter(name => existsSync(join(root, 'node_modules', name)))
for (const name of known) if (!compilers.includes(name)) console.log(`not installed: ${name}`)

const packages = workspace('packages')

const declarations = ({ path, manifest }, include = () => true) =>
  Object.entries(manifest.exports)
    .filter(([subpath, target]) => target.types && include(subpath))
    .map(([, target]) => join(root, path, target.types))

const typeTests = ({ path }) => {
  const folder = join(root, path, 'test/types')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(name => join(folder, name))
}

// A package with a tsconfig.browser.json promises to work without @types/node, save for its ./node exports.
const forBrowsers = packages.filter(({ path }) => existsSync(join(root, path, 'tsconfig.browser.json')))
const notForNode = subpath => !/^\.\/node\b/.test(subpath)
const fixtures = join(root, '.ci/types')

/** Where programs outside of the packages find the declarations of core. */
const paths = Object.fromEntries(
  packages
    .filter(({ manifest }) => manifest.name === '@kvdol/core')
    .flatMap(({ path, manifest }) =>
      Object.entries(manifest.exports)
        .filter(([, target]) => target.types)
        .map(([subpath, target]) => [manifest.name + subpath.slice(1), [join(root, path, target.types)]]),
    ),
)

const web = { types: [], module: 'ESNext', moduleResolution: 'Bundler' }
/** Before 5.7 arrays of bytes had no type parameter, which the types of Node need. */
const withNode = name => !['typescript-5.4', 'typescript-5.6'].includes(name)

const consumers = {
  node: {
    files: packages.flatMap(each => declarations(each)),
    options: { lib: ['ES2023', 'ESNext.Disposable'], types: ['node'] },
    compilers: compilers.filter(withNode),
  },
  browser: {
    files: forBrowsers.flatMap(each => declarations(each, notForNode)),
    options: { lib: ['ES2023', 'ESNext.Disposable', 'DOM'], ...web },
  },
  // The least that a program may have: no types of Node, no libraries but the web's.
  plain: {
    files: forBrowsers.flatMap(each => declarations(each, notForNode)),
    options: { target: 'ES2022', lib: ['ES2022', 'DOM'], ...web },
  },
  // A library over core that emits its own declarations, with the strictest settings.
  strict: {
    files: [join(fixtures, 'library.ts')],
    options: {
      lib: ['ES2023', 'ESNext.Disposable', 'DOM'],
      ...web,
      paths,
      declaration: true,
      emitDeclarationOnly: true,
      noEmit: false,
      noImplicitOverride: true,
      noPropertyAccessFromIndexSignature: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
    },
  },
  // Programs without strict checks, and JavaScript with types in comments.
  loose: {
    files: [join(fixtures, 'loose.ts'), join(fixtures, 'script.js')],
    options: {
      lib: ['ES2023', 'DOM'],
      ...web,
      paths,
      strict: false,
      exactOptionalPropertyTypes: false,
      noUncheckedIndexedAccess: false,
      allowJs: true,
      checkJs: true,
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
    compilers: compilers.filter(name => withNode(name) && name !== 'typescript-5.8'),
  },
}

/** Types in the declarations of the library that no door of core exports: users' declarations could not name them. */
function unnamedTypes(outDir) {
  const text = readFileSync(join(outDir, '.ci/types/library.d.ts'), 'utf8')
  return [...new Set(text.match(/import\("[^"@][^"]*"\)\.\w+/g))]
}

const folder = join(root, 'node_modules/.cache/types')
mkdirSync(folder, { recursive: true })

let failed = false
for (const [name, { files, options, compilers: some = compilers }] of Object.entries(consumers)) {
  if (files.length === 0 || (wanted.length > 0 && !wanted.includes(name))) continue
  const check = async compiler => {
    const project = join(folder, `${name}-${compiler}.json`)
    const compilerOptions = {
      target: 'ES2022',
      module: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      outDir: join(folder, `${name}-${compiler}`),
      rootDir: root,
      ...options,
    }
    writeFileSync(project, JSON.stringify({ compilerOptions, files }))
    const { code, output } = await node(tool(compiler, 'tsc'), ['--project', project], { capture: true })
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${compiler}: ${name} (${files.length} files)`)
    if (code !== 0) console.log(output)
    const unnamed = name === 'strict' && code === 0 ? unnamedTypes(compilerOptions.outDir) : []
    if (unnamed.length > 0) console.log(`types without an export: ${unnamed.join(', ')}`)
    failed ||= code !== 0 || unnamed.length > 0
  }
  for (let index = 0; index < some.length; index += 2)
    await Promise.all(some.slice(index, index + 2).map(check))
}
process.exitCode = failed ? 1 : 0
