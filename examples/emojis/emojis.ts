import { decodeValues, fromMap, jsonValues, pipe, type Reader, readOnly } from '@kvdol/core'

/** GitHub's list: a JSON object from the name of each emoji to the address of its image. */
export const GITHUB_EMOJIS = 'https://api.github.com/emojis'

/**
 * The image of each emoji, by its name. The list is read now, an image when somebody wants it; with a store of
 * `@kvdol/graze` as `web` each is downloaded once.
 */
export async function emojis(
  web: Reader<string, Uint8Array>,
  list = GITHUB_EMOJIS,
): Promise<Reader<string, Uint8Array>> {
  const urls = await pipe(web, jsonValues<Record<string, string>>()).getOrThrow(list)
  return pipe(
    fromMap(new Map(Object.entries(urls))),
    readOnly,
    decodeValues(url => web.getOrThrow(url)),
  )
}
