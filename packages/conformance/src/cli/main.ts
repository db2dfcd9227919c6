import { writeFile } from 'node:fs/promises'
import { guarantees } from '@kvdol/core'
import { badge } from '../badge.ts'
import { certify, tryOut } from '../certify.ts'
import { conformance } from '../conformance.ts'
import { explain } from '../explain.ts'
import type { Subject } from '../subject.ts'
import { type Arguments, HELP, readArguments } from './arguments.ts'
import { loadSubject } from './load.ts'
import { Refusal } from './refusal.ts'
import { caseLine, summary } from './report.ts'
import { watched } from './watch.ts'

/** Where the program writes. */
interface Output {
  write(text: string): unknown
}

/** The program; gives its exit code: 0 the contract is kept, 1 it is not, 2 what was given is wrong. */
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
  if (asked.watch) return await watched(asked.module, args)
  const loaded = await loadSubject(asked.module)
  const { scale, seed, timeout } = asked
  const subject: Subject = {
    ...loaded,
    ...(scale && { scale }),
    ...(seed !== undefined && { seed }),
    ...(timeout !== undefined && { timeout }),
  }
  if (!asked.leave) await assertRemovable(subject)
  return asked.only.length > 0 ? await some(asked, subject, output) : await whole(asked, subject, output)
}

/** The chosen clauses, after the first case, without which none of them says anything. */
async function some({ only }: Arguments, subject: Subject, output: Output): Promise<number> {
  let failed = 0
  for (const each of conformance(subject).filter(({ clause }) => clause === 'O1' || only.includes(clause))) {
    const result = await tryOut(each)
    output.write(caseLine(result))
    if (result.failure !== undefined) failed++
  }
  return failed === 0 ? 0 : 1
}

async function whole(asked: Arguments, subject: Subject, output: Output): Promise<number> {
  const certificate = await certify(subject, {
    concurrency: asked.concurrency,
    ...(asked.backend !== undefined && { backend: asked.backend }),
    onCase: result => output.write(caseLine(result)),
  })
  output.write(summary(certificate))
  await written(asked.certificate, certificate)
  await written(asked.badge, badge(certificate))
  return certificate.passed ? 0 : 1
}

async function written(path: string | undefined, content: object): Promise<void> {
  if (path !== undefined) await writeFile(path, `${JSON.stringify(content, null, 2)}\n`)
}

/** How long a look at the first store may take, in milliseconds; a case says then what hangs. */
const LOOK = 10_000

/** Refuses a subject whose places would outlive the run and that cannot remove them. */
async function assertRemovable(subject: Subject): Promise<void> {
  if (subject.remove !== undefined) return
  const durability = await Promise.race([
    durabilityOf(subject).catch(() => 'none'),
    new Promise<string>(resolve => setTimeout(resolve, LOOK, 'none').unref()),
  ])
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
