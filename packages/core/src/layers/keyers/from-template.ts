import type { Template } from '../../keys/template-types.ts'
import { maker } from '../../makers.ts'
import { printValue } from '../../print-key.ts'
import { fieldOf } from './from-field.ts'
import type { Keyer } from './keyer.ts'

/** A field of a template: what braces hold that are not doubled. */
const FIELD = /\{\{|\}\}|\{([^{}:]*)(?::[^{}]*)?\}/g

/**
 * Keys made of fields of the value by a template: `fromTemplate(template('{user}/{ts:int}.json'))`. The value may have
 * more fields. A key that is there already rejects `Conflict`. Needs a store with `ifAbsent`. For a store whose keys went
 * through `mapKeys(template(…))` the fields are the key; give `appendable` a function there.
 *
 * @example
 * ```ts
 * const logins = appendable(pipe(files('logins'), jsonValues<Login>()), fromTemplate(template('{user}/{ts:int}.json')))
 * await logins.append({ user: 'ann', ts: 5, from: 'home' }) // 'ann/5.json'
 * ```
 */
export function fromTemplate<Fields>(
  template: Pick<Template<Fields, readonly unknown[]>, 'pattern' | 'format'>,
): Keyer<string, Fields> {
  const { pattern, format } = Object(template) as Partial<typeof template>
  if (typeof pattern !== 'string' || typeof format !== 'function')
    throw new TypeError(
      `fromTemplate takes a template, as template('{user}.json') gives, not ${printValue(template)}`,
    )
  const fields = [...pattern.matchAll(FIELD)].flatMap(([, name]) => (name === undefined ? [] : [name]))
  const names = fields.map((name, index) => (name === '' ? String(index) : name))
  return {
    name: 'fromTemplate',
    taken: 'Conflict',
    keysFor: () => value =>
      format(Object.fromEntries(names.map(name => [name, fieldOf(value, name)])) as Fields),
  }
}

maker(fromTemplate)
