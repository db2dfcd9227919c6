// An empty project into which a package was installed by the lines of its page, and the programs that try it there.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { transform } from 'esbuild'
import { root } from './lib.mjs'

/**
 * Makes the project of a package below `folder`. Gives its `place`, its `programs` (`file`, and the `output` it must have
 * if that is known) and `types`, the files for the compiler.
 */
export async function makeProject({ path, manifest }, packages, folder) {
  const place = join(folder, manifest.name.replace('/', '+'))
  const page = readFileSync(join(root, path, 'README.md'), 'utf8')
  const install = installer(place, packages)
  for (const name of [manifest.name, ...installLines(page)]) install(name, join(root, path))
  install('@types/node', root)

  const doors = Object.keys(manifest.exports)
    .filter(door => door !== './package.json')
    .map(door => manifest.name + door.slice(1))
  const { code, runs, output } = firstExample(page)
  const script = (await transform(code, { loader: 'ts', target: 'es2022' })).code
  const write = (name, text) => writeFileSync(join(place, name), text)
  write('package.json', '{ "private": true, "type": "module" }\n')
  write('example.ts', code)
  write('example.mjs', script)
  write('example.cjs', requiring(script))
  write('doors.cjs', `${doors.map(comparing).join('')}`)
  write(
    'doors.cts',
    doors.map((door, at) => `import door${at} = require('${door}')\nvoid door${at}\n`).join(''),
  )
  const examples = runs ? ['example.mjs', 'example.cjs'].map(file => ({ file, output })) : []
  return {
    name: manifest.name,
    place,
    programs: [{ file: 'doors.cjs' }, ...examples],
    types: { modules: [join(place, 'example.ts')], scripts: [join(place, 'doors.cts')] },
  }
}

/** The packages that the lines of a page tell to install. */
const installLines = page =>
  [...page.matchAll(/^npm install ([^#\n]*)/gm)].flatMap(([, line]) =>
    line.split(/\s+/).filter(name => name !== '' && !name.startsWith('-')),
  )

/** Puts packages into a project as npm would: with their dependencies, and the peers that are not optional. */
function installer(place, packages) {
  const modules = join(place, 'node_modules')
  const installed = new Set()
  return function install(name, from) {
    if (installed.has(name)) return
    installed.add(name)
    const own = packages.find(({ manifest }) => manifest.name === name)
    const target = join(modules, name)
    mkdirSync(dirname(target), { recursive: true })
    if (own === undefined) return symlinkSync(linked(name, from), target, 'junction')
    cpSync(own.folder, target, { recursive: true })
    const { dependencies, peerDependencies, peerDependenciesMeta } = own.manifest
    const peers = Object.keys(peerDependencies ?? {}).filter(peer => !peerDependenciesMeta?.[peer]?.optional)
    for (const needed of [...Object.keys(dependencies ?? {}), ...peers]) install(needed, join(root, own.path))
  }
}

/** Where the workspace has a library. */
function linked(name, from) {
  const found = [from, root].map(folder => join(folder, 'node_modules', name)).find(existsSync)
  if (found === undefined) throw new Error(`${name}, which ${from} installs, is not linked there`)
  return realpathSync(found)
}

const FENCE = /^```(\w*)[ \t]*(.*)\n([\s\S]*?)^```[ \t]*$/gm

/** The first block of a page that runs by itself, or else the first that is one: its code, and what it prints. */
function firstExample(page) {
  const fenced = [...page.matchAll(FENCE)]
  const blocks = fenced.map(([, language, info, code], at) => {
    const next = fenced[at + 1]
    return { language, info, code, output: next?.[1] === 'text' ? next[3] : undefined }
  })
  const alone = blocks.filter(({ language, code }) => language === 'ts' && !code.includes("from './"))
  const runs = alone.find(({ info }) => info === '')
  return { ...(runs ?? alone[0]), runs: runs !== undefined }
}

const IMPORT = /^import \{([^}]*)\} from ("[^"]+");$/gm

/** The program as a script that gets what it imports by `require`. */
function requiring(script) {
  const imports = script.match(IMPORT) ?? []
  const required = imports.map(line =>
    line.replace(IMPORT, (_, names, from) => `const {${names.replaceAll(' as ', ': ')}} = require(${from})`),
  )
  return `${required.join('\n')}\n;(async () => {\n${script.replace(IMPORT, '')}\n})()\n`
}

/** Whether a door gives the same by \`require\` as by \`import\`. */
const comparing = door => `{
  const { isDeepStrictEqual: same } = require('node:util')
  const required = require('${door}')
  import('${door}').then(imported => {
    if (!same(Object.keys(required).sort(), Object.keys(imported).filter(name => name !== 'module.exports').sort()))
      throw new Error('${door} gives ' + Object.keys(required) + ' by require')
    for (const name in imported) if (required[name] !== imported[name]) throw new Error('${door} has two of ' + name)
  })
}
`
