import { type Selected, type Selection, selectFields } from '../../src/adapter.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function exact<T extends true>(): T | undefined {
  return undefined
}

interface Person {
  team: string
  name: string
  age: number
}

exact<Equal<Selected<Person, 'age'>, number>>()
exact<Equal<Selected<Person, readonly ['team', 'age']>, readonly [string, number]>>()
exact<Equal<Selected<Person, { record: readonly ['age'] }>, Pick<Person, 'age'>>>()
exact<Equal<Selected<Person, 'height'>, unknown>>()

const key = selectFields<Person, readonly ['team', 'name']>(['team', 'name'], 'InvalidKey')
exact<Equal<typeof key, Selection<readonly [string, string]>>>()
// @ts-expect-error a key that cannot be formed is InvalidKey, a value InvalidValue
selectFields('a', 'NotFound')
