import type { ErrorCode } from '@kvdol/core'
import { type ErrorOf, errorTable, type Meaning, type Refinement } from '@kvdol/core/adapter'

/** The errors of the clients of one dialect, as data. */
export interface ClientErrors {
  /** What each name means. */
  readonly meanings: Readonly<Record<string, Meaning>>
  /** The names of an error with a code, the most telling first; none without a code. */
  namesOf(error: unknown): readonly string[]
  /** Names for errors that have no code, or one that does not tell enough, by the words of their messages. */
  readonly words: readonly (readonly [words: RegExp, name: string])[]
  /** What refused a value, where the error tells it. */
  refusing(error: unknown): Refusing | undefined
  /** Overrules the table for all errors. */
  readonly applied?: Refinement['applied']
}

/** What refused a value, by its name where the error tells it. */
export interface Refusing {
  readonly kind: 'constraint' | 'column' | 'foreign key'
  readonly name: string | undefined
}

/** All names of an error: by its code, by the first of several errors, then by its words. */
export function namesOf(error: unknown, client: Pick<ClientErrors, 'namesOf' | 'words'>): string[] {
  const { errors, message } = Object(error) as { errors?: unknown; message?: unknown }
  const own = client.namesOf(error)
  // Node tries all addresses of a host, and tells about each.
  if (own.length === 0 && Array.isArray(errors) && errors.length > 0) return namesOf(errors[0], client)
  return [...own, ...client.words.flatMap(([words, name]) => (words.test(String(message)) ? [name] : []))]
}

/** What the errors of a client mean for a store. */
export function meaningOf(client: ClientErrors): ErrorOf {
  const { meanings, refusing, applied } = client
  return errorTable({
    meanings,
    names: error => namesOf(error, client),
    says: (code, error) => sentenceOf(code, refusing(error)),
    applied: () => applied,
  })
}

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  Unavailable: 'the database cannot be used at the moment',
  Timeout: 'the database did not answer in time',
  Unauthenticated: 'the database does not accept user and password',
  PermissionDenied: 'the database does not allow this',
  ReadOnly: 'the database can only be read',
  Conflict: 'another row has one of these values in a unique column',
  InvalidValue: 'a column cannot hold the value',
  TooLarge: 'the value is larger than the database takes',
  OutOfSpace: 'the database has no space left',
  Corrupt: 'the database is damaged, or it is no database',
  Incompatible: 'the table, a column or the whole database does not exist',
  Closed: 'the database is closed',
  Unsupported: 'the database cannot do this',
}

/** The longest name that a message shows. */
const LONGEST_NAME = 200

/** The sentence for an error, with the name of what refused the value. */
function sentenceOf(code: ErrorCode, { kind, name = '' }: Partial<Refusing> = {}): string {
  const sentence =
    kind === 'foreign key'
      ? 'the row that it refers to is missing, or other rows refer to it'
      : (SENTENCES[code] ?? 'the database refused the statement')
  return name === '' || name.length > LONGEST_NAME ? sentence : `${sentence}: ${kind} ${JSON.stringify(name)}`
}

/** Trying again does not help, and nothing was changed. */
export const lasting: Refinement = { retryable: false, applied: 'no' }

/** The database has undone the work, which can be done again. */
export const deadlock: Refinement = { reason: 'deadlock', applied: 'no' }

/** Nothing was changed. */
export const undone: Refinement = { applied: 'no' }

/** A foreign key refused; the sentence follows from what refused. */
export const foreignKey: Meaning = ['InvalidValue', undefined, { reason: 'foreign-key' }]
