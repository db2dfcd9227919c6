import {
  type Converter,
  lines,
  mapKeys,
  mapValues,
  pipe,
  type Reader,
  readOnly,
  template,
  textValues,
  type ValueCodec,
} from '@kvdol/core'
import { files } from '@kvdol/fs'

/** What the path of a log says: `node-0f/2025-11-03/temp@lima.log`. */
export interface LogKey {
  node: number
  day: Date
  sensor: string
  place: string
}

/** What was measured at a time of day. */
export type Reading = readonly [time: string, value: number]

/** Two hexadecimal digits. */
const hex: Converter<number> = {
  decode: text => Number.parseInt(text, 16),
  encode: node => node.toString(16).padStart(2, '0'),
  character: /[0-9a-f]/,
  length: 2,
}

const logKeys = template('node-{node:hex}/{day:date}/{sensor}@{place}.log', { converters: { hex } })

/** Readings as the loggers write them: `08:00=21.5`. */
const readingLines: ValueCodec<Reading[], string[]> = {
  name: 'readings',
  decode: found => found.map(readLine),
  encode: readings => readings.map(([time, value]) => `${time}=${value}`),
}

function readLine(line: string, index: number): Reading {
  const [, time, value] = /^(\d\d:\d\d)=(-?\d+(?:\.\d+)?)$/.exec(line) ?? []
  if (time === undefined) throw new Error(`line ${index + 1} is no reading`)
  return [time, Number(value)]
}

/** The logs among the files of a folder. Whatever else lies there is not seen, and nothing can be changed. */
export function openLogs(folder: string): Reader<LogKey, Reading[]> {
  return pipe(
    files(folder),
    mapKeys(logKeys),
    textValues(),
    mapValues(lines()),
    mapValues(readingLines),
    readOnly,
  )
}
