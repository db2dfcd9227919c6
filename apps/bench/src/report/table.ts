import { budgetText, quantity, score, verdict } from '../format.ts'
import type { Result } from '../row.ts'

const HEAD = ['', 'measured', 'kvdol', 'budget', 'met?']

/** The results as aligned text: raw, ours, budget, and each peer on a line of its own. */
export function table(results: readonly Result[]): string {
  const lines = results.flatMap(linesOf)
  const widths = HEAD.map((title, column) =>
    Math.max(...[HEAD, ...lines].map(cells => cells[column]!.length), title.length),
  )
  const render = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  return [HEAD, ...lines].map(render).join('\n')
}

function linesOf({ row, unit, budget, measured, absent, met }: Result): string[][] {
  const others = measured.filter(({ role }) => role === 'peer')
  const base = measured.find(({ role }) => role === 'raw')
  const own = measured.find(({ role }) => role === 'ours')
  return [
    [row, '', own === undefined ? '' : score(own, unit), budgetText(budget), verdict(met)],
    ...(base === undefined ? [] : [[`  ${base.name}`, quantity(base.value.median, unit), '', '', '']]),
    ...(own === undefined ? [] : [[`  kvdol: ${own.name}`, quantity(own.value.median, unit), '', '', '']]),
    ...others.map(({ name, note, ...rest }) => [
      `  ${label(name, note)}`,
      score({ name, ...rest }, unit),
      '',
      '',
      '',
    ]),
    ...absent.map(({ name, reason }) => [`  ${name}: ${reason}`, 'left out', '', '', '']),
  ]
}

export function label(name: string, note: string | undefined): string {
  return note === undefined ? name : `${name}, ${note}`
}
