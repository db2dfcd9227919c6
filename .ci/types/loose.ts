// A program without strict checks.
import { decodeValues, jsonValues, mapKeys, memory, pipe, readOnly, suffix, textValues } from '@kvdol/core'

const notes = pipe(memory(), mapKeys(suffix('.txt')), textValues())
const people = pipe(memory(), jsonValues<{ name: string }>())
const names = pipe(
  people,
  decodeValues(person => person.name),
)

export async function main() {
  await notes.set('monday', 'Buy milk')
  // @ts-expect-error values are texts
  await notes.set('monday', 5)
  // @ts-expect-error it can only be read
  await readOnly(notes).set('monday', 'x')
  const name: string = await names.get('ann')
  return [await notes.get('monday'), name]
}
