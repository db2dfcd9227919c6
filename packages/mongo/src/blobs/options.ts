import { givenOptions, option } from '@kvdol/core'
import { COMMON_DEFAULTS, type CommonOptions, type CommonSettings, common } from '../settings.ts'

/** A document in the collection that is no value of the store. */
export interface ForeignDocument {
  /** Its `_id`, which is no string. */
  readonly id: unknown
}

export interface BlobsOptions extends CommonOptions {
  /**
   * What happens to values that no document can hold, of about 16 MiB and more: `'gridfs'` keeps their bytes in the
   * collections `<name>.chunks` and `<name>.files`, `'refuse'` rejects `TooLarge`.
   * @default 'gridfs'
   */
  large?: 'gridfs' | 'refuse' | undefined
  /**
   * Whether a collection that does not exist is an error; otherwise it is empty, and made by the first write.
   * @default false
   */
  mustExist?: boolean | undefined
  /**
   * Told of documents that listing leaves out. Costs a query more for each listing.
   */
  onForeign?: ((document: ForeignDocument) => void) | undefined
  /**
   * Whether `clear` may empty the whole collection.
   * @default false
   */
  allowClear?: boolean | undefined
}

/** {@link BlobsOptions} with every choice made. */
export interface Settings extends CommonSettings {
  readonly large: 'gridfs' | 'refuse'
  readonly mustExist: boolean
  readonly onForeign: ((document: ForeignDocument) => void) | undefined
  readonly allowClear: boolean
}

/** The settings of these options. Throws `TypeError` for an option that does not exist or makes no sense. */
export function settingsOf(options: BlobsOptions): Settings {
  return {
    ...COMMON_DEFAULTS,
    large: 'gridfs',
    mustExist: false,
    onForeign: undefined,
    allowClear: false,
    ...givenOptions<BlobsOptions>('blobs', options, {
      ...common,
      large: option.oneOf('gridfs', 'refuse'),
      mustExist: option.flag,
      onForeign: option.callback,
      allowClear: option.flag,
    }),
  } as Settings
}
