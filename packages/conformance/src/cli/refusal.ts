/** What the program was given is wrong, and its message says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
