import type { Collection } from 'mongodb'
import type { Server } from './server.ts'

/** Documents to look for. */
export interface Thing {
  _id: number
  color: string
  number: number
  dims: { x: number }
}

export const THINGS: Thing[] = [
  { _id: 1, color: 'red', number: 10, dims: { x: 2 } },
  { _id: 2, color: 'blue', number: 20, dims: { x: 3 } },
  { _id: 3, color: 'red', number: 10, dims: { x: 5 } },
  { _id: 4, color: 'blue', number: 40, dims: { x: 2 } },
  { _id: 5, color: 'green', number: 50, dims: { x: 3 } },
  { _id: 6, color: 'blue', number: 60, dims: { x: 5 } },
  { _id: 7, color: 'green', number: 70, dims: { x: 2 } },
]

/** A new collection that holds them. */
export async function thingsOn(server: Server): Promise<Collection<Thing>> {
  const collection = server.collection<Thing>()
  await collection.insertMany(THINGS)
  return collection
}

export interface Person {
  _id: string
  name: string
  age: number
  city?: string
}
