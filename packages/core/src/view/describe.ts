import { type AnyView, viewOf } from './any-view.ts'
import type { Step } from './step.ts'

/** A store on one line: `Store(fs > mapKeys(template("{year}.json")) > mapValues(json()))`. */
export function describe(view: AnyView): string {
  return `${view.mapping.writable ? 'Store' : 'Reader'}(${parts(view).join(' > ')})`
}

function parts({ source: { driver }, steps }: AnyView): string[] {
  const { over, name } = driver
  const { [viewOf]: view } = Object(over) as { [viewOf]?: AnyView }
  // A layer names itself and what it is over.
  const below = view === undefined ? [name] : [...parts(view), name.split(' over ')[0] as string]
  return [...below, ...steps.map(step)]
}

function step(step: Step): string {
  if (step.kind === 'readOnly') return step.kind
  return `${step.kind}(${(step.kind === 'filterKeys' ? step.name : step.codec.name) ?? '…'})`
}
