import { isBuiltin } from 'node:module'

/** What is refused, with the reason and the cure. */
export class Refusal extends Error {}

/** The names of a package, as its files need them. */
export interface Names {
  /** `kvdol-redis-streams` */
  readonly package: string
  /** `redis-streams`: the store's name, and its file. */
  readonly name: string
  /** `redisStreams`: its function. */
  readonly fn: string
  /** `RedisStreams`: begins its types. */
  readonly Type: string
  /** `Redis streams`: begins sentences. */
  readonly title: string
}

/** Files beside that of the store, and names that the files with its function declare anyway; a test looks for more. */
const FILES = words('index client driver errors options')
const DECLARED = words(`
  afterAll await before createStore describe error expect gone isStoreError it jsonValues key name names near notes
  open opened options people pipe place prefix prefixes prefixOf process randomUUID rejection server settings settingsOf
  startServer store subjectOn thrown undefined url value`)

/** Parts of names that say nothing of the storage. */
const DECORATION = /^(kvdol|kv)-|-(kvdol|store|adapter)$/g

/**
 * The names for what was given: of a package (`@me/kv-redis`, `kvdol-redis`), or of an adapter (`redis`). Throws
 * {@link Refusal} for what npm takes for no name (https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name).
 */
export function namesOf(given: string): Names {
  const text = given.trim()
  const whole = text.startsWith('@') || text.startsWith('kvdol-') ? text : `kvdol-${text}`
  const wrong = problemOf(text, whole)
  if (wrong !== undefined) throw new Refusal(`${JSON.stringify(text)} is no name: ${wrong}`)
  const [, last = whole] = /\/(.+)$/.exec(whole) ?? []
  const name = last.replaceAll(DECORATION, '').replaceAll(/[._~]+/g, '-')
  const parts = name.split('-').filter(part => part !== '')
  const Type = parts.map(capital).join('')
  if (!/^[A-Za-z]/.test(Type))
    throw new Refusal(`${JSON.stringify(text)} makes no name of a function; begin it with a letter`)
  const fn = Type.charAt(0).toLowerCase() + Type.slice(1)
  const isFile = FILES.has(parts.join('-'))
  return {
    package: whole,
    name: (isFile ? [...parts, 'store'] : parts).join('-'),
    fn: isFile || isReserved(fn) ? `${fn}Store` : fn,
    Type,
    title: capital(parts.join(' ')),
  }
}

function problemOf(text: string, whole: string): string | undefined {
  if (text === '') return 'it is empty'
  if (whole.length > 214) return 'it has more than 214 characters'
  if (text !== text.toLowerCase()) return `packages are written in lower case: ${text.toLowerCase()}`
  if (!/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(whole))
    return 'it has letters, digits, hyphens, dots and underscores, after a scope such as @me/ if you like'
  if (isBuiltin(whole) || ['node_modules', 'favicon.ico'].includes(whole)) return 'it is taken by Node'
  return undefined
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** Whether a name cannot be that of a function in a module. */
function isReserved(name: string): boolean {
  try {
    new Function(`'use strict'; const ${name} = 0`)
    return DECLARED.has(name)
  } catch {
    return true
  }
}
