// A package as it is published: a file for each of its exports and what they share, not a file for each of its modules.
// Reading a file costs about a millisecond, so `import` of a package made of a hundred is slow.
import { readdirSync, rmSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { transform } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { root } from './lib.mjs'
import { shakeable } from './shakeable.mjs'

/** Bundles a built package of the workspace into its `dist`. */
export async function bundle({ path, manifest }, { types }) {
  const folder = join(root, path)
  const dist = join(folder, 'dist')
  const doors = doorsOf(manifest)
  const scripts = mapped({ ...doors, ...programsOf(folder, manifest) }, source => join(folder, source))
  const written = []
  // Where each door needs another library, programs use one of them: it is one file, with what it shares.
  for (const input of manifest.peerDependenciesMeta === undefined ? [scripts] : single(scripts))
    written.push(
      ...(await bundled(dist, input, '.js', [typescript, shaken, partsOfNode], STANDS_ON[manifest.name])),
    )
  const declarations = mapped(doors, declarationOf(folder))
  if (types)
    for (const input of manifest.peerDependenciesMeta === undefined ? [declarations] : single(declarations))
      written.push(...(await bundled(dist, input, '.d.ts', [dts()])))
  for (const name of readdirSync(dist)) {
    if (name === 'types' || written.includes(name) || (!types && name.endsWith('.d.ts'))) continue
    rmSync(join(dist, name), { recursive: true })
  }
}

const single = record => Object.entries(record).map(([name, value]) => ({ [name]: value }))

/** Bundles these files; gives the names of those that were written. */
async function bundled(dir, input, ending, plugins, standsOn = {}) {
  if (Object.keys(input).length === 0) return []
  const bundle = await rollup({
    input,
    plugins,
    external: id => !isAbsolute(id) && !/^[.\0]/.test(id) && !(ending === '.js' && id.startsWith('node:')),
  })
  const { output } = await bundle.write({
    dir,
    sourcemap: ending === '.js',
    compact: ending === '.js',
    hoistTransitiveImports: false,
    entryFileNames: `[name]${ending}`,
    chunkFileNames: `shared${ending}`,
    manualChunks: files(input, standsOn),
  })
  await bundle.close()
  return output.map(({ fileName }) => fileName)
}

/** Doors that load another door with themselves, and import from it what it exports anyway. */
const STANDS_ON = { '@kvdol/core': { layers: 'index' } }

/** The file of each module: of the door that alone uses it, of the door that exports it, or one file for all the rest. */
function files(input, standsOn) {
  const doors = Object.keys(input)
  return (id, { getModuleInfo }) => {
    const users = new Set([id])
    for (const user of users) for (const importer of getModuleInfo(user).importers) users.add(importer)
    const using = doors.filter(door => users.has(input[door]))
    const below = doors.find(
      door => using.includes(door) && using.every(each => each === door || standsOn[each] === door),
    )
    if (using.length < 2) return Object.values(standsOn).includes(using[0]) ? using[0] : null
    const exported = below && getModuleInfo(input[below]).importedIds.includes(id)
    return exported ? below : 'shared'
  }
}

/** The source of each export by the name of its file in `dist`. */
function doorsOf({ exports }) {
  const targets = Object.values(exports).filter(target => typeof target === 'object')
  return Object.fromEntries(targets.map(target => [basename(target.default, '.js'), target['@kvdol/source']]))
}

const PROGRAM = /(^|[/\\])(worker|prepare)\.ts$/

/** What is started as a program of its own, and therefore a file of its own: workers, and the commands of the package. */
function programsOf(folder, { bin = {} }) {
  const commands = Object.values(bin).map(file => `${basename(file, '.js')}.ts`)
  const found = readdirSync(join(folder, 'src'), { recursive: true }).filter(
    name => PROGRAM.test(name) || commands.includes(name),
  )
  return Object.fromEntries(found.map(name => [basename(name, '.ts'), join('src', name)]))
}

const mapped = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

const declarationOf = folder => source =>
  join(folder, 'dist/types', source.replace(/^\.?\/?src/, '').replace(/\.ts$/, '.d.ts'))

/** Long enough for few lines, short enough for a line in a stack to say something. */
const LINE_LIMIT = 120

const typescript = {
  name: 'typescript',
  async transform(source, id) {
    if (!id.endsWith('.ts')) return null
    return transform(source, {
      loader: 'ts',
      target: 'es2022',
      minifyWhitespace: true,
      minifySyntax: true,
      lineLimit: LINE_LIMIT,
      sourcemap: true,
      sourcefile: id,
    })
  },
}

const shaken = {
  name: 'shakeable',
  transform: (code, id) => (id.endsWith('.ts') && !PROGRAM.test(id) ? shakeable(code) : null),
}

/** Parts of Node that take longer to load than a package itself, and are not needed before its first call. */
const LATE = ['node:crypto', 'node:module', 'node:os', 'node:stream', 'node:timers/promises', 'node:zlib']
const MARK = '\0'

/**
 * Parts of Node without the modules around them, which take up to 3 ms to make because they name every export. Those that
 * are late are loaded where one of their functions is first used.
 */
const partsOfNode = {
  name: 'parts of Node',
  resolveId: id => (id.startsWith('node:') ? MARK + id : null),
  load(id) {
    if (!id.startsWith(`${MARK}node:`)) return null
    const part = id.slice(MARK.length)
    const loading = `process.getBuiltinModule('${part}')`
    const code = LATE.includes(part)
      ? `let loaded;
export default /*@__PURE__*/new Proxy({},{get:(_,name)=>(loaded??=${loading})[name]});`
      : `export default /*@__PURE__*/${loading};`
    return { code, syntheticNamedExports: true, moduleSideEffects: false }
  },
}
