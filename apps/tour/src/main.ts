import { parseArgs } from 'node:util'
import { findInput, InputError } from './input.ts'
import { withTemporaryFolder } from './temporary.ts'
import { paintFor } from './terminal/paint.ts'
import { giveTour } from './tour.ts'

const USAGE = `Shows what kvdol is, on real files, in a few seconds.

Usage: npm start [-- folder]

  folder   the files to show; without it, those of an installed package
  --help   shows this

Nothing is written but in a temporary folder, which is removed.`

const DEFAULT_WIDTH = 80
const LEAST_WIDTH = 60

// Whoever reads may have seen enough: npm start | head
process.stdout.on('error', () => process.exit(0))
process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean' } },
    })
    if (values.help) {
      console.log(USAGE)
      return 0
    }
    if (positionals.length > 1) throw new InputError('The tour takes one folder.')
    return await show(positionals[0])
  } catch (error) {
    if (!(error instanceof InputError) && !isUsageError(error)) throw error
    console.error(`${error.message}\nnpm start -- --help tells more.`)
    return 1
  }
}

async function show(path: string | undefined): Promise<number> {
  const input = await findInput(path)
  const width = Math.max(LEAST_WIDTH, process.stdout.columns ?? DEFAULT_WIDTH)
  const paint = paintFor(process.stdout, process.env)
  const failed = await withTemporaryFolder(temporary =>
    giveTour({ input, temporary, width, paint, write: line => console.log(line) }),
  )
  return failed === 0 ? 0 : 1
}

function isUsageError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
