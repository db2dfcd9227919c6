import { assertCodec, isCodec } from '../assert-codec.ts'
import type { AnyValueCodec, ValueCodec } from '../codec.ts'
import { maker } from '../makers.ts'
import { option } from '../options/option.ts'
import { settingsOf } from '../options/settings-of.ts'
import { printValue, typeName } from '../print-key.ts'
import { compose } from './compose.ts'

// biome-ignore-start lint/suspicious/noExplicitAny: constraint aliases
type OuterOf<Codec> = Codec extends ValueCodec<infer Outer, any, any> ? Outer : never
type InnerOf<Codec> = Codec extends ValueCodec<any, infer Inner, any> ? Inner : never
// biome-ignore-end lint/suspicious/noExplicitAny: constraint aliases

export interface ByExtensionOptions<Fallback extends AnyValueCodec> {
  /** The codec for keys with none of the extensions. @default values as they are stored */
  fallback?: Fallback | undefined
}

const OPTIONS = {
  fallback: option<AnyValueCodec>('a value codec', isCodec),
}

/**
 * Values by the ending of their key: `a.json` by one codec, `b.csv` by another. The longest extension that fits
 * counts. After a codec from bytes to bytes (one that has `stream`, such as `gzip()`) what is left of the key is
 * looked at again, so `.json` and `.gz` together also mean `.json.gz`.
 *
 * Throws `TypeError` for an extension without its dot.
 *
 * @example
 * ```ts
 * const data = pipe(
 *   files('data'),
 *   mapValues(byExtension({ '.json': compose(json<User>(), text()), '.txt': text(), '.gz': gzip() })),
 * ) // Store<string, User | string | Uint8Array>
 * ```
 */
export function byExtension<
  Codecs extends Readonly<Record<string, AnyValueCodec>>,
  Fallback extends AnyValueCodec = ValueCodec<InnerOf<Codecs[keyof Codecs]>, InnerOf<Codecs[keyof Codecs]>>,
>(
  codecs: Codecs,
  options?: ByExtensionOptions<Fallback>,
): ValueCodec<OuterOf<Codecs[keyof Codecs]> | OuterOf<Fallback>, InnerOf<Codecs[keyof Codecs]>, string> {
  if (typeof codecs !== 'object' || codecs === null)
    throw new TypeError(`byExtension takes { '.json': codec, … }, not ${printValue(codecs)}`)
  const { fallback } = settingsOf('byExtension', OPTIONS, options)
  for (const [extension, codec] of Object.entries(codecs))
    assertCodec(codec, `byExtension for ${extension}`, 'value')
  const byLength = Object.entries<AnyValueCodec>(codecs).sort(([a], [b]) => b.length - a.length)
  const wrong = byLength.find(([extension]) => !/^\../.test(extension))
  if (wrong !== undefined) throw new TypeError(`byExtension: an extension begins with a dot, not ${wrong[0]}`)
  const find = (key: string): AnyValueCodec => {
    if (typeof key !== 'string')
      throw new TypeError(`byExtension is for keys that are strings, not ${typeName(key)}`)
    return choose(byLength, key) ?? fallback ?? unchanged
  }
  return {
    name: `byExtension(${Object.keys(codecs).join(', ')})`,
    decode: (inner, key) => find(key).decode(inner, key),
    encode: (outer, key) => find(key).encode(outer, key),
  }
}

maker(byExtension)

const unchanged: AnyValueCodec = { decode: inner => inner, encode: outer => outer }

function choose(
  codecs: readonly (readonly [string, AnyValueCodec])[],
  key: string,
): AnyValueCodec | undefined {
  const found = codecs.find(([extension]) => key.endsWith(extension))
  if (found === undefined) return undefined
  const [extension, codec] = found
  const rest = codec.stream && choose(codecs, key.slice(0, -extension.length))
  return rest === undefined ? codec : compose(rest, codec)
}
