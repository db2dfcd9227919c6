import { csv } from '@kvdol/codecs/csv'
import {
  compose,
  decodeValues,
  endsWith,
  filterKeys,
  mapKeys,
  mapValues,
  pipe,
  type Reader,
  suffix,
  text,
} from '@kvdol/core'
import { zip } from '@kvdol/zip'

/** How often a name was given in a state in a year. */
export interface BabyName {
  readonly state: string
  readonly gender: string
  readonly year: number
  readonly name: string
  readonly number: number
}

/** The names of the United States since 1910, by state, as the Social Security Administration publishes them. */
export const NAMES_BY_STATE = 'https://www.ssa.gov/oact/babynames/state/namesbystate.zip'

/** The table of each state, by its two letters: the files of a zip archive on the web, which is downloaded once. */
export async function babyNames(
  web: Reader<string, Uint8Array>,
  url = NAMES_BY_STATE,
): Promise<Reader<string, BabyName[]>> {
  return pipe(
    zip(await web.getOrThrow(url)),
    filterKeys(endsWith('.TXT')),
    mapKeys(suffix('.TXT')),
    mapValues(compose(csv(), text())),
    decodeValues(rows => rows.map(toRecord)),
  )
}

function toRecord([state, gender, year, name, number]: readonly unknown[]): BabyName {
  return {
    state: String(state),
    gender: String(gender),
    year: Number(year),
    name: String(name),
    number: Number(number),
  }
}
