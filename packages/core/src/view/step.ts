import type { KeyCodec, ValueCodec } from '../codec.ts'

/** One transform of a stack, kept as data. */
export type Step =
  | { readonly kind: 'mapKeys'; readonly codec: KeyCodec<unknown, unknown> }
  | {
      readonly kind: 'filterKeys'
      readonly keep: (key: unknown) => boolean
      readonly name?: string | undefined
    }
  | { readonly kind: 'mapValues'; readonly codec: ValueCodec<unknown, unknown> }
  | { readonly kind: 'readOnly' }
