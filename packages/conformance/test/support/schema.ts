/** The part of JSON Schema that the certificate's needs. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
}

/** What of a value is not as the schema says. */
export function problems(schema: unknown, value: unknown, path = '$'): string[] {
  const {
    type,
    enum: values,
    const: constant,
    required = [],
    properties = {},
    additionalProperties,
    items,
  } = schema as Schema
  const found: string[] = []
  if (type !== undefined && ![type].flat().includes(typeOf(value)) && !isInteger(type, value))
    found.push(`${path} is ${typeOf(value)}, not ${String(type)}`)
  if (values !== undefined && !values.includes(value)) found.push(`${path} is ${String(value)}`)
  if (constant !== undefined && constant !== value) found.push(`${path} is ${String(value)}`)
  if (Array.isArray(value) && items !== undefined)
    found.push(...value.flatMap((item, index) => problems(items, item, `${path}[${index}]`)))
  if (typeOf(value) !== 'object') return found
  const record = value as Record<string, unknown>
  found.push(...required.filter(name => !(name in record)).map(name => `${path} lacks ${name}`))
  for (const [name, item] of Object.entries(record)) {
    const own = properties[name] ?? additionalProperties ?? true
    if (own === false) found.push(`${path} has ${name}`)
    else if (own !== true) found.push(...problems(own, item, `${path}.${name}`))
  }
  return found
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function isInteger(type: Schema['type'], value: unknown): boolean {
  return [type].flat().includes('integer') && Number.isInteger(value)
}
