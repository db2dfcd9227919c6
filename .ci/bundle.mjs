// A package as it is published: a file for each of its exports and what they share, not a file for each of its modules.
// Reading a file costs about a millisecond, so `import` of a package made of a hundred is slow.
import { readdirSync, rmSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { transform } from 'esbuild'
import { rollup } from 'rollup'
import { parseAst } from 'rollup/parseAst'
import { dts } from 'rollup-plugin-dts'
import { root } from './lib.mjs'

/** Bundles a built package of the workspace into its `dist`. */
export async function bundle({ path, manifest }, { types }) {
  const folder = join(root, path)
  const dist = join(folder, 'dist')
  const doors = doorsOf(manifest)
  const scripts = mapped({ ...doors, ...programsOf(folder, manifest) }, source => join(folder, source))
  const written = []
  // Where each door needs another library, programs use one of them: it is one file, with what it shares.
  for (const input of manifest.peerDependenciesMeta === undefined ? [scripts] : single(scripts))
    written.push(...(await bundled(dist, input, '.js', [typescript, late], STANDS_ON[manifest.name])))
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
    external: id => !isAbsolute(id) && !/^[.\0]/.test(id) && !(ending === '.js' && LATE.includes(id)),
  })
  const { output } = await bundle.write({
    dir,
    sourcemap: ending === '.js',
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

const typescript = {
  name: 'typescript',
  async transform(source, id) {
    if (!id.endsWith('.ts')) return null
    const options = { loader: 'ts', target: 'es2022', sourcemap: true, sourcefile: id }
    const { code, map } = await transform(source, options)
    return { code: PROGRAM.test(id) ? code : shakeable(code), map }
  },
}

/** Parts of Node that take longer to load than a package itself, and are not needed before its first call. */
const LATE = ['node:crypto', 'node:module', 'node:os', 'node:stream', 'node:zlib']
const MARK = '\0late '

/** Loads them where one of their functions is first used. */
const late = {
  name: 'late',
  resolveId: id => (LATE.includes(id) ? MARK + id : null),
  load: id =>
    id.startsWith(MARK)
      ? {
          code: `let loaded
export default /* @__PURE__ */ new Proxy({}, {
  get: (_, name) => (loaded ??= process.getBuiltinModule('${id.slice(MARK.length)}'))[name],
})`,
          syntheticNamedExports: true,
          moduleSideEffects: false,
        }
      : null,
}

const PURE = '/* @__PURE__ */ '
/** Initial values that bundlers know to have no effect. */
const HARMLESS = /^(Literal|Identifier|FunctionExpression|ArrowFunctionExpression)$/

/**
 * A module of which bundlers can leave out each declaration that is not used. In files of their own the modules of these
 * packages are left out whole (`sideEffects: false`); in one file every initial value that is computed would stay.
 */
function shakeable(code) {
  const { body } = parseAst(code)
  const declared = body.map(statement => statement.declaration ?? statement)
  const functions = new Map(
    declared.filter(({ type }) => type === 'FunctionDeclaration').map(each => [each.id.name, each]),
  )
  const edits = []
  const insert = (at, text) => edits.push({ at, until: at, text })
  const wrap = ({ start, end }, before, after) => {
    insert(start, before)
    insert(end, after)
  }
  for (const each of declared) {
    if (each.type === 'VariableDeclaration') {
      for (const { id, init } of each.declarations)
        if (id.type === 'Identifier' && init && !HARMLESS.test(init.type))
          wrap(init, `${PURE}(() => (`, '))()')
    } else if (
      each.type === 'ClassDeclaration' &&
      !each.superClass &&
      each.body.body.some(({ computed }) => computed)
    ) {
      // A computed name counts as an effect. An error shows the name of its class, which this may change.
      wrap(each, `const ${each.id.name} = ${PURE}(() => `, ')()')
    } else if (isCall(each, 'maker')) {
      // Noted where it is made (a method keeps its name), so that it goes together with its note.
      const made = functions.get(each.expression.arguments[0].name)
      const { name } = made.id
      edits.push({ at: made.start, until: made.id.start, text: `const ${name} = ${PURE}(() => maker({ ` })
      insert(made.end, ` }.${name}))()`)
      edits.push({ at: each.start, until: each.end, text: '' })
    }
  }
  return edits
    .sort((a, b) => b.at - a.at)
    .reduce((text, { at, until, text: by }) => text.slice(0, at) + by + text.slice(until), code)
}

function isCall({ type, expression }, name) {
  return (
    type === 'ExpressionStatement' && expression.type === 'CallExpression' && expression.callee.name === name
  )
}
