import type { Step } from './fold.ts'
import { viewBehind } from './over.ts'
import type { AnyView } from './view.ts'

/** A store on one line: `Store(fs > mapKeys(template("{year}.json")) > mapValues(json()))`. */
export function describe(view: AnyView): string {
  return `${view.mapping.writable ? 'Store' : 'Reader'}(${parts(view).join(' > ')})`
}

function parts({ source: { driver }, steps }: AnyView): string[] {
  const { over, name } = driver
  const below = over === undefined ? [name] : [...parts(viewBehind(over)), name.split(' over ')[0] as string]
  return [...below, ...steps.map(step)]
}

function step(step: Step): string {
  if (step.kind === 'readOnly') return step.kind
  return `${step.kind}(${(step.kind === 'filterKeys' ? step.name : step.codec.name) ?? '…'})`
}
