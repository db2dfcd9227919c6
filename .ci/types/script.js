// JavaScript whose types stand in comments.
import { jsonValues, mapKeys, memory, pipe, template } from '@kvdol/core'

/** @typedef {{ name: string, age: number }} User */

const users = /** @type {import('@kvdol/core').Store<string, User>} */ (pipe(memory(), jsonValues()))
const places = pipe(memory(), mapKeys(template('{team}/{n:int}.json').tuple()))

/**
 * @param {string} key
 * @returns {Promise<number | undefined>}
 */
export async function ageOf(key) {
  const user = await users.get(key)
  // @ts-expect-error the second element is a number
  await places.get(['red', '5'])
  await places.get(['red', 5])
  return user?.age
}
