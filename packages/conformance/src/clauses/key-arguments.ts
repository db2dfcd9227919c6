import type { ErrorCode } from '@kvdol/core'
import { expectKeys, expectRejects } from '../assert.ts'
import { type Check, check } from '../check.ts'
import { keysOf } from '../collect.ts'
import type { Lab } from '../lab.ts'
import { methodsOf } from '../methods.ts'
import { illFormedKeys, nonKeys } from '../odd-keys.ts'

const ARGUMENT: readonly ErrorCode[] = ['InvalidKey', 'InvalidArgument']

/** K1 to K4: what is no legal key goes no further, in any method. */
export const keyArguments: readonly Check[] = [
  check('K1', 'a key that is too long is refused by every method', async lab => {
    const store = await lab.open()
    const longest = Math.max(1024, lab.guarantees(store).maxKeyBytes)
    await refusedEverywhere(lab, [
      'x'.repeat(longest + 1),
      'é'.repeat(longest / 2 + 1),
      '😀'.repeat(longest / 4 + 1),
    ])
  }),
  check('K2', 'half a surrogate pair is refused by every method', lab =>
    refusedEverywhere(lab, illFormedKeys),
  ),
  check('K2', 'half a surrogate pair is refused as a prefix', async lab => {
    const store = await lab.open()
    for (const prefix of illFormedKeys)
      await expectRejects(
        () => keysOf(store, { prefix }),
        ARGUMENT,
        'an ill-formed prefix is refused',
        prefix,
      )
  }),
  check('K3', 'the empty key is refused by every method', lab => refusedEverywhere(lab, [''])),
  check('K4', 'what is not a string is refused by every method', lab => refusedEverywhere(lab, nonKeys)),
  check('K4', 'what is not a string is refused as a prefix', async lab => {
    const store = await lab.open()
    await lab.put(store, 'a')
    for (const prefix of nonKeys.filter(each => each !== undefined))
      await expectRejects(
        () => keysOf(store, { prefix: text(prefix) }),
        ARGUMENT,
        'a prefix is a string',
        prefix,
      )
  }),
]

/** Every method rejects `InvalidKey` for each key, and a key that such a key could be converted to stays as it is. */
async function refusedEverywhere(lab: Lab, keys: readonly unknown[]): Promise<void> {
  const store = await lab.open()
  const before = await lab.fill(store, ['a', 'undefined', 'null', '[object Object]', '\ufffd'])
  for (const key of keys)
    for (const { name, call } of methodsOf(store))
      await expectRejects(() => call(text(key)), 'InvalidKey', `${name} refuses what is no legal key`, key)
  expectKeys(await keysOf(store), before.keys(), 'a refused key has no effect')
}

/** Hands anything to a parameter of type string, as untyped callers do. */
function text(value: unknown): string {
  return value as string
}
