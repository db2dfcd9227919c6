import type { OwnClient } from './client.ts'
import type { Context } from './context.ts'
import { encodedNaming } from './encoded-naming.ts'
import type { Settings } from './options.ts'
import { plainNaming } from './plain-naming.ts'

/** What a store of these settings works with. */
export function contextOf(
  bucket: string,
  settings: Settings,
  { client, secrets }: Pick<Context & OwnClient, 'secrets'> & Pick<Context, 'client'>,
): Context {
  const { keys, prefix, service } = settings
  const naming =
    keys === 'encoded'
      ? encodedNaming(prefix)
      : plainNaming({ prefix, keys: service.keys, nested: service.nesting !== 'keeps' })
  return { bucket, settings, naming, client, secrets }
}
