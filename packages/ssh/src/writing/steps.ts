import { PlaceGone, staging } from '@kvdol/core/adapter'
import { errorOf } from '../errors.ts'

/** A step that changes no value yet. A root that is gone is told to whoever can make it again. */
export async function stage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PlaceGone) throw error
    return await staging(errorOf, () => Promise.reject(error))
  }
}
