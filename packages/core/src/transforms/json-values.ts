import { maker } from '../makers.ts'
import type { WithValues } from '../store.ts'
import { compose } from '../values/compose.ts'
import { type JsonOptions, type JsonValues, json, type RevivingJsonOptions } from '../values/json.ts'
import { text } from '../values/text.ts'
import { viewBehind } from '../view/over.ts'
import type { ByteReader } from './text-values.ts'

/**
 * JSON values over a store of bytes: short for `mapValues(compose(json<T>(options), text()))`.
 *
 * @example
 * ```ts
 * const users = pipe(files('users'), jsonValues<User>({ space: 2 }))
 * await users.set('ann.json', { name: 'Ann' })
 * ```
 */
export function jsonValues<T = unknown>(
  options: RevivingJsonOptions,
): <S extends ByteReader>(store: S) => WithValues<S, T>
export function jsonValues(options?: JsonOptions): <S extends ByteReader>(store: S) => WithValues<S, unknown>
export function jsonValues<T extends JsonValues<T>>(
  options?: JsonOptions,
): <S extends ByteReader>(store: S) => WithValues<S, T>
export function jsonValues(
  options?: JsonOptions,
): <S extends ByteReader>(store: S) => WithValues<S, unknown> {
  const codec = compose(json(options), text())
  return store => viewBehind(store).with({ kind: 'mapValues', codec: codec as never }) as never
}

maker(jsonValues)
