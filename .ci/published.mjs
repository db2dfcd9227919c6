// Makes the packages as they are published: what pnpm packs, with a page that stands alone and a manifest of what is in it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import { node, npm, pnpm, readJson, run, tool, workspace } from './lib.mjs'

/** Where the repository is on the web, from `repository` of the root's package.json; `undefined` while that is unset. */
export function repository() {
  const { repository: said } = readJson('package.json')
  const url = typeof said === 'object' ? said?.url : said
  return url?.replace(/^git\+/, '').replace(/\.git$/, '')
}

/** Stands for the repository in checks while there is none. */
export const NOWHERE = 'https://repository.invalid/kvdol'

/**
 * Makes each publishable package in a folder of its own below `scratch`. Gives the packages in the order of their
 * dependencies, with `folder`, `tarball` and `manifest` as published. Packages are taken as they are built.
 */
export async function published(scratch, web) {
  const packed = join(scratch, 'packed')
  const tarballs = join(scratch, 'tarballs')
  for (const folder of [packed, tarballs]) mkdirSync(folder, { recursive: true })
  const pack = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', packed]
  await done('pnpm pack', pnpm(pack, { capture: true }))
  const packages = inOrder(workspace('packages').filter(({ manifest }) => !manifest.private)).map(each =>
    place(each, scratch),
  )
  for (const { path, folder, manifest } of packages) {
    mkdirSync(folder)
    const tarball = join(packed, tarballOf(manifest))
    await done('tar', run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], { capture: true }))
    change(join(folder, 'package.json'), text => manifestOf(JSON.parse(text), path, web))
    change(join(folder, 'README.md'), text => page(text, path, web))
  }
  const folders = packages.map(({ folder }) => folder)
  const options = ['--ignore-scripts', '--pack-destination', tarballs]
  await done('npm pack', npm(['pack', ...folders, ...options], { capture: true }))
  return packages.map(each => ({
    ...each,
    manifest: JSON.parse(readFileSync(join(each.folder, 'package.json'), 'utf8')),
    tarball: join(tarballs, tarballOf(each.manifest)),
  }))
}

/** What is wrong with a published package, as printed text; empty when nothing is. */
export async function faults({ tarball, folder, manifest }) {
  const attw = ['--profile', 'strict', '--ignore-rules', 'cjs-resolves-to-esm']
  const checks = await Promise.all([
    node(tool('publint'), ['run', tarball, '--strict'], { capture: true }),
    node(
      tool('@arethetypeswrong/cli', 'attw'),
      [tarball, ...attw, '--no-definitely-typed', '--format', 'ascii'],
      { capture: true },
    ),
  ])
  return [
    ...checks.filter(({ code }) => code !== 0).map(({ output }) => output.trim()),
    ...pageFaults(readFileSync(join(folder, 'README.md'), 'utf8')),
    ...Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
      .filter(([, range]) => /^(workspace|catalog):/.test(range))
      .map(([name, range]) => `package.json depends on ${name} by ${range}, which only this workspace knows`),
  ]
}

function place({ path, manifest }, scratch) {
  return { path, manifest, folder: join(scratch, basename(path)) }
}

/** Packages after those they depend on. */
function inOrder(packages) {
  const rank = ({ manifest }) =>
    1 +
    Math.max(
      0,
      ...packages
        .filter(
          other =>
            manifest.dependencies?.[other.manifest.name] ?? manifest.peerDependencies?.[other.manifest.name],
        )
        .map(rank),
    )
  return [...packages].sort((a, b) => rank(a) - rank(b))
}

/** What only this workspace needs is left out; what package pages show and old compilers ask for comes in. */
function manifestOf({ scripts, devDependencies, 'size-limit': _, ...manifest }, path, web) {
  const doors = Object.entries(manifest.exports).filter(([, target]) => typeof target === 'object')
  const types = doors.map(([door, target]) => [door.replace('./', ''), [target.types]])
  const main = manifest.exports['.']
  const more = {
    homepage: `${web}/tree/HEAD/${path}#readme`,
    bugs: `${web}/issues`,
    repository: { type: 'git', url: `git+${web}.git`, directory: path },
    ...(main && { main: main.default, types: main.types }),
    exports: {
      ...Object.fromEntries(
        doors.map(([door, { types, default: file }]) => [door, { types, default: file }]),
      ),
      './package.json': './package.json',
    },
    // For `moduleResolution: node10`, which does not know exports.
    typesVersions: { '*': Object.fromEntries(types.filter(([door]) => door !== '.')) },
  }
  if (types.every(([door]) => door === '.')) delete more.typesVersions
  return `${JSON.stringify({ ...manifest, ...more }, null, 2)}\n`
}

const LINK = /(\]\()([^)\s]+)(\))/g
const FENCE = /^```[\s\S]*?^```[ \t]*$/gm

/** A package's README with links that lead into the repository from anywhere, and plain fences. */
function page(markdown, path, web) {
  const blocks = markdown.match(FENCE) ?? []
  const words = markdown
    .split(FENCE)
    .map(text =>
      text.replace(LINK, (link, open, target, close) =>
        /^(\w+:|#)/.test(target) ? link : open + absolute(target, path, web) + close,
      ),
    )
  return words.map((text, at) => text + (blocks[at] ?? '').replace(/^```ts .*$/m, '```ts')).join('')
}

function absolute(target, path, web) {
  const [file, anchor] = target.split('#')
  const inside = posix.join(path, file)
  const kind = posix.extname(inside) === '' ? 'tree' : 'blob'
  return `${web}/${kind}/HEAD/${inside}${anchor === undefined ? '' : `#${anchor}`}`
}

/** A page has to be enough for somebody who has seen nothing else. */
function pageFaults(markdown) {
  const links = [...markdown.replace(FENCE, '').matchAll(LINK)].map(([, , target]) => target)
  return [
    ...links
      .filter(target => !/^(https?:|#)/.test(target))
      .map(target => `README.md links to ${target}, which leads nowhere from a package page`),
    ...(/^npm (install|create) /m.test(markdown)
      ? []
      : ['README.md has no line with npm install or npm create']),
    ...(/Node 20\.19/.test(markdown) ? [] : ['README.md does not say which Node it needs']),
  ]
}

const tarballOf = ({ name, version }) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`

function change(file, by) {
  writeFileSync(file, by(readFileSync(file, 'utf8')))
}

async function done(name, running) {
  const { code, output } = await running
  if (code !== 0) throw new Error(`${name} failed:\n${output.trim()}`)
}
