import type { CaseResult, Certificate } from '../certify.ts'

/** Tells of the cases as they end. */
export class Report {
  readonly failed: string[] = []
  readonly #output: { write(text: string): unknown }
  /** Cases that one and the same thing keeps from being tried are told together. */
  #untried = 0
  #reason = ''

  constructor(output: { write(text: string): unknown }) {
    this.#output = output
  }

  /** One case, in a line, with the message of a failure below it. */
  tell({ name, failure, skip, spent }: CaseResult): void {
    const took = `${spent.milliseconds} ms, ${plural(spent.requests, 'request')}`
    if (failure !== undefined) {
      this.failed.push(name)
      this.#output.write(`✗ ${name} (${took})\n${indented(failure)}\n`)
    } else if (skip === undefined) this.#output.write(`✓ ${name} (${took})\n`)
    else if (skip.endsWith('see O1')) {
      this.#untried++
      this.#reason = skip
    } else if (this.#untried === 0) this.#output.write(`- ${name}: ${skip}\n`)
  }

  /** What is to be said of all cases, when they have ended: the failures stand far above. */
  end(): void {
    if (this.#untried > 0)
      this.#output.write(`- ${plural(this.#untried, 'further case')} not tried: ${this.#reason}\n`)
    const { failed } = this
    if (failed.length > 0)
      this.#output.write(
        `\n${plural(failed.length, 'case')} failed:\n${failed.map(name => `  ✗ ${name}\n`).join('')}`,
      )
  }
}

/** What came out of a whole run. */
export function summary(certificate: Certificate): string {
  const { clauses, levels, hooks, spent, left, seed, scale, passed } = certificate
  const verdicts = Object.values(clauses)
  const count = (wanted: string) => verdicts.filter(verdict => verdict === wanted).length
  const lines = [
    '',
    ...(passed ? ['The contract is kept.'] : []),
    `clauses: ${count('passed')} passed, ${count('partly')} partly, ${count('not tried')} not tried, ${count('failed')} failed`,
    `run:     ${(spent.milliseconds / 1000).toFixed(1)} s, ${plural(spent.requests, 'request')}, scale ${scale}, seed ${seed}`,
    // Without a store there is nothing that levels and hooks could be about.
    ...(clauses.O1 === 'failed'
      ? []
      : [
          'levels:',
          ...levels.map(
            ({ name, reached, missing }) =>
              `  ${reached ? '✓' : '-'} ${name}${missing.length === 0 ? '' : `: needs ${missing.join(', ')}`}`,
          ),
          ...missingHooks(hooks.missing),
        ]),
    ...(left > 0
      ? [`${plural(left, 'place')} ${left === 1 ? 'stays' : 'stay'} behind: give the subject a remove(store)`]
      : []),
  ]
  return `${lines.join('\n')}\n`
}

/** What the hooks that are not given would prove. */
function missingHooks(missing: Certificate['hooks']['missing']): string[] {
  const entries = Object.entries(missing)
  if (entries.length === 0) return []
  return [
    'hooks not given would prove:',
    ...entries.map(([name, proves]) => `  ${name.padEnd(12)} ${proves}`),
  ]
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ')
}
