import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packages = fileURLToPath(new URL('../../../', import.meta.url))

/** Doors of the packages that a new adapter needs, by the files of their sources. */
const DOORS = {
  core: { '.': 'index', './adapter': 'adapter', './layers': 'layers' },
  conformance: { '.': 'index', './node': 'node/index' },
}

/** Installs in a package what it needs, of this workspace and without network. */
export async function install(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  for (const name of ['@kvdol', '@types']) mkdirSync(join(modules, name), { recursive: true })
  const { resolve } = createRequire(import.meta.url)
  for (const name of ['vitest', 'typescript', '@types/node'])
    symlinkSync(dirname(resolve(`${name}/package.json`)), join(modules, name))
  const nodeTypes = realpathSync(join(modules, '@types/node'))
  symlinkSync(
    dirname(createRequire(join(nodeTypes, 'package.json')).resolve('undici-types/package.json')),
    join(modules, 'undici-types'),
  )
  await Promise.all(Object.entries(DOORS).map(([name, doors]) => copy(modules, name, doors)))
}

/** A package made of its sources: bundled to run, and as they are for their types. */
async function copy(modules: string, name: string, doors: Record<string, string>): Promise<void> {
  const source = join(packages, name, 'src')
  const target = join(modules, '@kvdol', name)
  mkdirSync(target)
  symlinkSync(source, join(target, 'src'))
  symlinkSync(join(packages, name, 'node_modules'), join(target, 'node_modules'))
  // Programs that are started beside the code that starts them.
  const workers = name === 'conformance' ? ['node/worker'] : []
  await build({
    entryPoints: Object.fromEntries(
      [...Object.values(doors), ...workers].map(file => [file.replace('/', '-'), join(source, `${file}.ts`)]),
    ),
    entryNames: '[name]',
    outdir: target,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  if (workers.length > 0) writeFileSync(join(target, 'worker.js'), "import './node-worker.js'\n")
  const exports = Object.fromEntries(
    Object.entries(doors).map(([door, file]) => [
      door,
      { types: `./src/${file}.ts`, default: `./${file.replace('/', '-')}.js` },
    ]),
  )
  writeFileSync(
    join(target, 'package.json'),
    JSON.stringify({ name: `@kvdol/${name}`, type: 'module', exports }),
  )
}
