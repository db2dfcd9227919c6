import { createInterface } from 'node:readline/promises'
import { generate } from './generate.ts'
import { type Names, namesOf, Refusal } from './names.ts'

/** What a program is run with; `process` has it. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream
  cwd(): string
}

const USAGE = `Starts a package with a new kvdol store, which is green before the first edit.

  npm create @kvdol/adapter <name> [folder]

  <name>     of the adapter or of the package: redis makes the package kvdol-redis, @me/kv-redis is taken as it is
  [folder]   to make, by default named after the package; one that exists is refused

  --help     prints this
`

/** Runs the program; gives its exit code. Asks for the name where there is none, on a terminal only. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal
  try {
    if (args.includes('--help') || args.includes('-h')) {
      stdout.write(USAGE)
      return 0
    }
    const unknown = args.find(arg => arg.startsWith('-'))
    if (unknown !== undefined) throw new Refusal(`there is no option ${unknown}; see --help`)
    if (args.length > 2) throw new Refusal('give a name, and a folder if you like; see --help')
    const names = namesOf(args[0] ?? (await asked(terminal)))
    const folder = await generate(names, terminal.cwd(), args[1])
    stdout.write(done(names, folder))
    return 0
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    stderr.write(`create-adapter: ${error.message}\n`)
    return 1
  }
}

async function asked({ stdin, stdout }: Terminal): Promise<string> {
  if (stdin.isTTY !== true || stdout.isTTY !== true)
    throw new Refusal('the name of the adapter is missing: npm create @kvdol/adapter redis')
  const lines = createInterface({ input: stdin, output: stdout })
  try {
    return await lines.question('Name of the adapter (redis, @me/kv-redis): ')
  } finally {
    lines.close()
  }
}

const done = (names: Names, folder: string) => `Made ${names.package} in ${folder}. Next:

  cd ${folder}
  npm install
  npm test            # green before the first edit
  npm run kit         # the conformance kit on every save

CONTRIBUTING.md says what to replace, in which order, and how to publish.
`
