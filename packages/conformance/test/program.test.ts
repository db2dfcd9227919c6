import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterTest, bundle, temporaryFolder } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'

const built = bundle(
  {
    program: new URL('../src/program.ts', import.meta.url),
    core: new URL('../../core/src/index.ts', import.meta.url),
  },
  { external: ['jiti'], root: new URL('../', import.meta.url) },
)
const folder = temporaryFolder()

/** Runs the program; gives its exit code and all that it wrote. */
async function ran(...args: string[]): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [built('program'), ...args])
    return { code: 0, text: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, text: stdout + stderr }
  }
}

/** The program while it runs, with all that it has written so far. */
function started(...args: string[]): {
  child: ChildProcess
  tells: (text: RegExp) => Promise<void>
} {
  const child = spawn(process.execPath, [built('program'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  afterTest(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout?.on('data', chunk => {
    text += chunk
  })
  return {
    child,
    async tells(wanted) {
      while (!wanted.test(text)) await once(child.stdout as NodeJS.ReadableStream, 'data')
    },
  }
}

/** A subject whose places are folders, and whose driver comes from another file of its package. */
async function packageWithPlaces(
  name: string,
): Promise<{ subject: string; driver: string; places: () => Promise<string[]> }> {
  const [root, places] = [join(folder, name), join(folder, `${name}-places`)]
  for (const each of [join(root, 'src'), join(root, 'test'), places]) await mkdir(each, { recursive: true })
  const [driver, subject] = [join(root, 'src/driver.mjs'), join(root, 'test/subject.mjs')]
  await writeFile(join(root, 'package.json'), '{}')
  await writeFile(driver, `export { memory as open } from ${JSON.stringify(built('core'))}\n`)
  await writeFile(
    subject,
    `import { mkdtemp, rm } from 'node:fs/promises'
import { open } from '../src/driver.mjs'
const places = new WeakMap()
export default {
  async open() {
    const store = open()
    places.set(store, await mkdtemp(${JSON.stringify(`${places}/`)}))
    return store
  },
  remove: store => rm(places.get(store), { recursive: true }),
}
`,
  )
  return { subject, driver, places: () => readdir(places) }
}

/** A module of a subject, which imports core by the name `core`. */
async function subject(name: string, text: string): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, text.replace("'core'", JSON.stringify(built('core'))))
  return file
}

const MEMORY = "import { memory } from 'core'\nexport default { open: () => memory() }\n"

describe('the program', () => {
  it('tells each case with its time and requests, and what hooks would prove; writes certificate and badge', async () => {
    const file = await subject('memory.mjs', MEMORY)
    const [certificate, badge] = [join(folder, 'certificate.json'), join(folder, 'badge.json')]
    const args = ['--scale', 'smoke', '--certificate', certificate, '--badge', badge, '--backend', 'a Map']
    const { code, text } = await ran(file, ...args)
    expect(text).toMatch(/✓ K5 all odd keys in one store keep their own values \(\d+ ms, \d+ requests\)/)
    expect(text).toContain('The contract is kept.')
    expect(text).toMatch(/hooks not given would prove:\n {2}remove {7}that nothing is left behind/)
    expect(text).toMatch(/\d+ places stay behind: give the subject a remove/)
    expect(JSON.parse(await readFile(certificate, 'utf8'))).toMatchObject({
      passed: true,
      backend: 'a Map',
      scale: 'smoke',
    })
    expect(JSON.parse(await readFile(badge, 'utf8'))).toMatchObject({
      schemaVersion: 1,
      color: 'yellowgreen',
    })
    expect(code).toBe(0)
  })

  it('takes TypeScript, and the named exports of a module', async () => {
    const file = await subject(
      'typed.ts',
      "import { memory } from 'core'\nexport const open = (): unknown => memory()\nexport const name: string = 'typed'\n",
    )
    const { code, text } = await ran(file, '--only', 'V1')
    expect(
      text
        .trim()
        .split('\n')
        .map(line => line.slice(0, 4)),
    ).toEqual(['✓ O1', ...Array(text.trim().split('\n').length - 1).fill('✓ V1')])
    expect(code).toBe(0)
  })

  it('ends with 1 where a clause is broken, and says which and why', async () => {
    const file = await subject('broken.mjs', MEMORY.replace('memory()', 'undefined'))
    const { code, text } = await ran(file, '--only', 'K5')
    expect(text).toMatch(
      /✗ O1 open gives an open, empty, new store[\s\S]*got: {3}undefined; does the function return/,
    )
    expect(code).toBe(1)
  })

  it.each<[string, string, string[], RegExp]>([
    ['no file', '', ['./nowhere.ts'], /there is no file .*nowhere\.ts/],
    [
      'no subject',
      'export const shop = 1\n',
      [],
      /exports shop, and no subject\. Write:\n {2}export default/,
    ],
    ['a module that throws a text', 'throw "no server"\n', [], /cannot be loaded: .*no server/],
    ['an unknown clause', MEMORY, ['--only', 'X9'], /no clause "X9"; there are O1, K1/],
    ['an unknown scale', MEMORY, ['--scale', 'huge'], /scale is smoke, quick, long, not "huge"/],
    ['an unknown option', MEMORY, ['--fast'], /Unknown option '--fast'/],
    ['a number that is none', MEMORY, ['--timeout', 'soon'], /timeout is a whole number from 1, not "soon"/],
    ['a law of codecs', MEMORY, ['--only', 'Q1'], /Q1: a law of codecs, see keyCodecLaws/],
    [
      'a certificate that cannot be written',
      MEMORY,
      ['--certificate', './nowhere/x.json'],
      /no folder .*nowhere for/,
    ],
    ['a folder as a certificate', MEMORY, ['--certificate', '/'], /\/ is no file; name one to write/],
    ['an open that is misspelt', 'export default { opne() {} }\n', [], /without an open, with opne/],
    [
      'what is no JavaScript',
      'export default { open: () = 1 }\n',
      [],
      /SyntaxError.*node --check .* shows the line/,
    ],
    ['a certificate of some clauses', MEMORY, ['--only', 'K5', '--certificate', 'x'], /leave out --only/],
    [
      'a store that outlives the run, without remove',
      "import { createStore } from 'core'\nexport default { open: () => createStore({ name: 'd', guarantees: { durability: 'crash' }, get() {}, keys: () => [], set() {}, delete() {} }) }\n",
      [],
      /durability crash\) and the subject has no remove[\s\S]*--leave/,
    ],
  ])('refuses %s with 2, and says what to do', async (_, module, args, message) => {
    const file = module === '' ? [] : [await subject('given.mjs', module)]
    const { code, text } = await ran(...file, ...args)
    expect(text).toMatch(message)
    expect(code).toBe(2)
  })

  it('explains a clause', async () => {
    const { code, text } = await ran('--explain', 'w10')
    expect(text).toMatch(/^W10 {2}Writers with ifMatch[\s\S]*fix:/)
    expect(code).toBe(0)
  })

  it.each([
    ['open', 'open: () => new Promise(() => {})', /what has not ended is open of the subject, for/],
    ['open, by a text', "open() { throw 'no server' }", /got: {3}"no server"/],
  ])(
    'tells in a few lines that %s fails, also where nothing else keeps the process',
    async (_, open, message) => {
      const file = await subject('failing.mjs', `export default { ${open} }\n`)
      const { code, text } = await ran(file, '--timeout', '300')
      expect(text).toMatch(message)
      expect(text).toMatch(/- \d+ further cases not tried: open does not give a new store/)
      expect(text).toMatch(/\n1 case failed:\n {2}✗ O1 /)
      expect(text.split('\n').length).toBeLessThan(20)
      expect(code).toBe(1)
    },
  )

  it('names the call and the key of an error that no clause expects, also one that is no Error', async () => {
    const file = await subject(
      'texts.mjs',
      MEMORY.replace(
        'memory()',
        "createStore({ name: 't', get() { throw 'down' }, keys: () => [], set() {}, delete() {} })",
      ).replace('memory }', 'createStore }'),
    )
    const { code, text } = await ran(file, '--only', 'V1')
    expect(text).toMatch(/got: {3}get rejects StoreError Unknown: .*caused by "down"\n {4}key: {3}"/)
    expect(code).toBe(1)
  })

  it('runs again when a file of the package changes, and leaves neither places nor processes', async () => {
    const { subject, driver, places } = await packageWithPlaces('watched')
    const { child, tells } = started(subject, '--scale', 'smoke', '--watch')
    await tells(/The contract is kept\.[\s\S]*watching .*: any change runs it again/)
    await writeFile(driver, 'export const open = () => new Map()\n')
    await tells(/✗ O1 [\s\S]*got: {3}a Map; fromMap[\s\S]*watching .*: any/)
    await writeFile(driver, `export { memory as open } from ${JSON.stringify(built('core'))}\n`)
    // The run that goes on is ended by a further change, and removes its places.
    await tells(/✓ O1 [\s\S]*✗ O1 [\s\S]*✓ O1 /)
    await writeFile(driver, 'export const open = () => new Map()\n')
    await tells(/fromMap[\s\S]*fromMap[\s\S]*watching .*: any/)
    child.kill()
    await once(child, 'exit')
    expect(child.exitCode).toBe(130)
    expect(await places()).toEqual([])
  }, 60_000)

  it('is stopped by Ctrl-C when the cases under way have removed their places', async () => {
    const { subject, places } = await packageWithPlaces('stopped')
    const { child, tells } = started(subject)
    await tells(/✓ K5 /)
    child.kill('SIGINT')
    await once(child, 'exit')
    expect(child.exitCode).toBe(130)
    expect(await places()).toEqual([])
  }, 60_000)
})
