import type { DriverDeleteOptions, DriverWriteOptions } from '@kvdol/core'
import { StoreError } from '@kvdol/core/adapter'
import type { Context } from '../context.ts'
import { DELETE, DELETE_MATCHING, RENAME, SET, SET_MATCHING } from '../scripts.ts'
import { endOf } from './end.ts'

/** Stores a value, under the conditions of its options. */
export async function writeValue(
  { server }: Context,
  name: string,
  value: Uint8Array,
  options: DriverWriteOptions,
): Promise<void> {
  const { ifAbsent, ifMatch, signal } = options
  const stored = [asBuffer(value), ...endOf(options), ...(ifAbsent ? ['NX'] : [])]
  const command =
    ifMatch === undefined
      ? ['EVAL', SET, '1', name, ...stored]
      : ['EVAL', SET_MATCHING, '1', name, ifMatch, ...stored]
  if ((await server.ask(name, command, signal)) !== null) return
  throw ifMatch === undefined ? taken() : changed()
}

/** Removes a value; tells whether there was one. */
export async function removeValue(
  { server }: Context,
  name: string,
  { ifMatch, signal }: DriverDeleteOptions,
): Promise<boolean> {
  const command =
    ifMatch === undefined ? ['EVAL', DELETE, '1', name] : ['EVAL', DELETE_MATCHING, '1', name, ifMatch]
  const removed = (await server.ask<number>(name, command, signal)) > 0
  if (ifMatch !== undefined && !removed) throw changed()
  return removed
}

/** Moves a value, with its end; tells whether there was one. Both keys are on one node. */
export async function moveValue(
  { server }: Context,
  from: string,
  to: string,
  { ifAbsent = false, signal }: DriverWriteOptions,
): Promise<boolean> {
  const command = ['EVAL', RENAME, '2', from, to, ifAbsent ? '1' : '0']
  const moved = await server.ask<number>(from, command, signal)
  if (moved < 0) throw taken()
  return moved > 0
}

/** The same bytes in the form that the client takes. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function taken(): StoreError {
  return new StoreError('Conflict', 'there is a value already')
}

function changed(): StoreError {
  return new StoreError('Conflict', 'the value is another by now, or gone')
}
