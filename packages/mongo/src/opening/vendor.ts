/** The package `mongodb`. */
export type Vendor = typeof import('mongodb')

/** Loads the driver, which takes most of a second. Bundlers give what is written with `require` as the default only. */
export async function vendor(): Promise<Vendor> {
  return (await import('mongodb')).default
}
