import { fromMap, jsonValues, pipe, type Reader, readOnly } from '@kvdol/core'

export interface Joke {
  readonly id: number
  readonly title: string
  readonly category: string
  readonly body: string
}

/** Ten thousand jokes, as one JSON list. */
export const JOKES = 'https://raw.githubusercontent.com/taivop/joke-dataset/master/wocka.json'

/** A collection of jokes by number, from a JSON list on the web that is fetched once. */
export async function jokes(web: Reader<string, Uint8Array>, url = JOKES): Promise<Reader<number, Joke>> {
  const all = await pipe(web, jsonValues<Joke[]>()).getOrThrow(url)
  return pipe(fromMap(new Map(all.map(joke => [joke.id, joke]))), readOnly)
}
