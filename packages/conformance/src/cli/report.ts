import type { CaseResult, Certificate } from '../certify.ts'

/** One case, in a line, with the message of a failure below it. */
export function caseLine({ name, failure, skip, spent }: CaseResult): string {
  const took = `${spent.milliseconds} ms, ${spent.requests} requests`
  if (failure !== undefined) return `✗ ${name} (${took})\n${indented(failure)}\n`
  return skip === undefined ? `✓ ${name} (${took})\n` : `- ${name}: ${skip}\n`
}

/** What came out of a whole run. */
export function summary(certificate: Certificate): string {
  const { failures, clauses, levels, hooks, spent, left, seed, scale, passed } = certificate
  const verdicts = Object.values(clauses)
  const count = (wanted: string) => verdicts.filter(verdict => verdict === wanted).length
  const lines = [
    '',
    passed ? 'The contract is kept.' : `${failures.length} cases failed.`,
    `clauses: ${count('passed')} passed, ${count('partly')} partly, ${count('not tried')} not tried, ${count('failed')} failed`,
    `run:     ${(spent.milliseconds / 1000).toFixed(1)} s, ${spent.requests} requests, scale ${scale}, seed ${seed}`,
    'levels:',
    ...levels.map(
      ({ name, reached, missing }) =>
        `  ${reached ? '✓' : '-'} ${name}${missing.length === 0 ? '' : `: missing ${missing.join(', ')}`}`,
    ),
    ...missingHooks(hooks.missing),
    ...(left > 0 ? [`${left} places stay behind: give the subject a remove(store)`] : []),
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

function indented(text: string): string {
  return text.replace(/^/gm, '  ')
}
