import { existsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { guarantees } from '@kvdol/core'
import { badge } from '../badge.ts'
import { certify, tryOut } from '../certify.ts'
import { conformance } from '../conformance.ts'
import { explain } from '../explain.ts'
import type { Subject } from '../subject.ts'
import { type Arguments, HELP, readArguments } from './arguments.ts'
import { INTERRUPTED, interrupts } from './interrupts.ts'
import { loadSubject } from './load.ts'
import { Refusal } from './refusal.ts'
import { Report, summary } from './report.ts'
import { watched } from './watch.ts'

/** Where the program writes. */
interface Output {
  write(text: string): unknown
}

/** The program; gives its exit code: 0 the contract is kept, 1 it is not, 2 what was given is wrong, 130 it was stopped. */
export async function main(args: readonly string[], output: Output, problems: Output): Promise<number> {
  // What a driver lets go is a failure of its case (C9), and no end of the program.
  const unhandled = (error: unknown) => void problems.write(`an unhandled rejection: ${String(error)}\n`)
  process.on('unhandledRejection', unhandled)
  try {
    return await run(readArguments(args), args, output)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    problems.write(`${error.message}\n`)
    return 2
  } finally {
    process.off('unhandledRejection', unhandled)
  }
}

async function run(asked: Arguments, args: readonly string[], output: Output): Promise<number> {
  if (asked.explain !== undefined) {
    output.write(`${explain(asked.explain)}\n`)
    return 0
  }
  if (asked.help || asked.module === undefined) {
    output.write(HELP)
    return asked.help ? 0 : 2
  }
  if (asked.watch) return await watched(asked.module, args, text => output.write(text))
  for (const path of [asked.certificate, asked.badge]) assertWritable(path)
  const loaded = await loadSubject(asked.module)
  const { scale, seed, timeout } = asked
  const subject: Subject = {
    ...loaded,
    ...(scale && { scale }),
    ...(seed !== undefined && { seed }),
    ...(timeout !== undefined && { timeout }),
  }
  if (!asked.leave) await assertRemovable(subject)
  const stopping = interrupts(() =>
    output.write(
      '\nstopping when the cases under way have removed their places; Ctrl-C again stops at once\n',
    ),
  )
  try {
    return asked.only.length > 0
      ? await some(asked, subject, output, stopping.signal)
      : await whole(asked, subject, output, stopping.signal)
  } catch (error) {
    if (stopping.signal.aborted) return INTERRUPTED
    throw error
  } finally {
    stopping.release()
  }
}

/** The chosen clauses, after the first case, without which none of them says anything. */
async function some(
  { only }: Arguments,
  subject: Subject,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const cases = conformance(subject)
  const unknown = only.filter(asked => !cases.some(({ clause }) => clause === asked))
  if (unknown.length > 0)
    throw new Refusal(`${unknown.join(', ')}: a law of codecs, see keyCodecLaws and valueCodecLaws`)
  const report = new Report(output)
  for (const each of cases.filter(({ clause }) => clause === 'O1' || only.includes(clause))) {
    signal.throwIfAborted()
    report.tell(await tryOut(each))
  }
  report.end()
  return report.failed.length === 0 ? 0 : 1
}

async function whole(
  asked: Arguments,
  subject: Subject,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const report = new Report(output)
  const certificate = await certify(subject, {
    concurrency: asked.concurrency,
    ...(asked.backend !== undefined && { backend: asked.backend }),
    onCase: result => report.tell(result),
    signal,
  })
  report.end()
  output.write(summary(certificate))
  await written(asked.certificate, certificate)
  await written(asked.badge, badge(certificate))
  return certificate.passed ? 0 : 1
}

/** Refuses a path that cannot be written before the run, and not after it. */
function assertWritable(path: string | undefined): void {
  if (path === undefined) return
  const file = resolve(path)
  if (!existsSync(dirname(file))) throw new Refusal(`there is no folder ${dirname(file)} for ${path}`)
  if (existsSync(file) && !statSync(file).isFile())
    throw new Refusal(`${file} is no file; name one to write, such as ${join(path, 'certificate.json')}`)
}

async function written(path: string | undefined, content: object): Promise<void> {
  if (path !== undefined) await writeFile(path, `${JSON.stringify(content, null, 2)}\n`)
}

/** How long a look at the first store may take, in milliseconds; a case says then what hangs. */
const LOOK = 10_000

/** Refuses a subject whose places would outlive the run and that cannot remove them. */
async function assertRemovable(subject: Subject): Promise<void> {
  if (subject.remove !== undefined) return
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<string>(resolve => {
    timer = setTimeout(resolve, Math.min(LOOK, subject.timeout ?? LOOK), 'none')
  })
  const durability = await Promise.race([durabilityOf(subject).catch(() => 'none'), late])
  clearTimeout(timer)
  if (durability === 'none') return
  throw new Refusal(
    `the store keeps its values (durability ${durability}) and the subject has no remove: hundreds of places would ` +
      'stay behind. Give it remove(store), which is called after the store was closed, or run with --leave',
  )
}

async function durabilityOf(subject: Subject): Promise<string> {
  const store = await subject.open()
  try {
    return guarantees(store).durability
  } finally {
    await store.close()
  }
}
