import type { Child, DriverChildrenOptions } from '@kvdol/core'
import { asChild, childOf } from '@kvdol/core/adapter'
import type { BucketContext } from '../context.ts'
import { isInternal } from '../naming/naming.ts'
import { answers, nameIn } from './answers.ts'
import { PAGE, report } from './pages.ts'

/** One level of the keys: the server cuts the names behind the next slash. */
export async function* children(
  context: BucketContext,
  { prefix = '', signal }: DriverChildrenOptions<string>,
): AsyncGenerator<Child[], void, undefined> {
  const { naming, settings } = context
  const head = naming.headOf(prefix)
  if (head !== undefined) yield* level(head)

  async function* level(head: string): AsyncGenerator<Child[], void, undefined> {
    const pages = answers(context, { head, pageSize: PAGE, signal, delimiter: '/' })
    for await (const { Contents = [], CommonPrefixes = [], EncodingType } of pages) {
      const texts: string[] = []
      const longer: string[] = []
      for (const { Key } of Contents) {
        const name = nameIn(context, Key, EncodingType)
        const key = naming.keyOf(name)
        if (key === undefined) report(settings.onForeign, name)
        else if (key.startsWith(prefix)) texts.push(childOf(key, prefix))
      }
      for (const { Prefix } of CommonPrefixes) {
        const name = nameIn(context, Prefix, EncodingType)
        const outer = naming.prefixOf(name)
        // A name that is cut goes on one level below.
        if (outer === undefined && name.endsWith('+/')) longer.push(name)
        else if (outer?.startsWith(prefix) && !isInternal(name)) texts.push(childOf(outer, prefix))
      }
      // The server gives names and prefixes apart.
      yield sorted(texts).map(text => asChild(text, prefix))
      for (const name of longer) yield* level(name)
    }
  }
}

/** In the order of the UTF-8 bytes. */
function sorted(texts: readonly string[]): string[] {
  return texts
    .map(text => Buffer.from(text))
    .sort(Buffer.compare)
    .map(String)
}
