import { reading } from './reading.ts'
import type { FastPath, Row } from './row.ts'
import { writing } from './writing.ts'

/** How each method that a driver may leave out is tried; one without a row is a type error. */
export const rows: Readonly<Record<FastPath, Row>> = { ...reading, ...writing }
