import { callback, flag, type OptionsOf, oneOf, type SettingsOf } from '@kvdol/core/adapter'
import { COMMON, type CommonOptions } from '../options.ts'

/** A document in the collection that is no value of the store. */
export interface ForeignDocument {
  /** Its `_id`, which is no string. */
  readonly id: unknown
}

export const OPTIONS = {
  ...COMMON,
  /**
   * What happens to values that no document can hold, of about 16 MiB and more: `'gridfs'` keeps their bytes in the
   * collections `<name>.chunks` and `<name>.files`, `'refuse'` rejects `TooLarge`.
   * @default 'gridfs'
   */
  large: oneOf('gridfs', 'refuse').or('gridfs'),
  /**
   * Whether a collection that does not exist is an error; otherwise it is empty, and made by the first write.
   * @default false
   */
  mustExist: flag.or(false),
  /**
   * Whether values may end: writes then take `expiresAt`, so that `expiring` of `@kvdol/core/layers` leaves the ends to the
   * server, which removes what is over once a minute; until then no call gives it. A TTL index is made by the first
   * write. The collection remembers, and stores without this option refuse it. Listing keys then looks at documents.
   * @default false
   */
  expires: flag.or(false),
  /** Told of documents that listing leaves out. Costs a query more for each listing. */
  onForeign: callback<(document: ForeignDocument) => void>(),
  /**
   * Whether `clear` may empty the whole collection.
   * @default false
   */
  allowClear: flag.or(false),
}

/** Options of {@link blobs}. */
export type BlobsOptions = CommonOptions & OptionsOf<typeof OPTIONS>

/** {@link BlobsOptions} with every choice made. */
export type Settings = SettingsOf<typeof OPTIONS>
