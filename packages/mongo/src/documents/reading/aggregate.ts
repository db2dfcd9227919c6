import type { AnyReader } from '@kvdol/core'
import { eachOn, StoreError } from '@kvdol/core/adapter'
import type { MongoRecord } from '../../shapes.ts'
import { documentsStores } from '../opening/context.ts'
import { fromData } from '../records/driver-classes.ts'
import { aggregateIn } from './value.ts'

/** Stages that write, whatever the store may. */
const WRITING = ['$out', '$merge']

/**
 * What a pipeline of MongoDB makes of the documents of a store: of those that its filter lets through, and of the part
 * that `limit` and `skip` leave. The results come as the server sends them. Stages such as `$lookup` and `$unionWith` read
 * other documents and collections, whatever the filter says: give no pipeline of a stranger.
 *
 * Rejects `InvalidArgument` for what is no pipeline, and for one that writes.
 *
 * @example
 * ```ts
 * for await (const { _id, count } of aggregate(people, [{ $sortByCount: '$team' }])) console.log(_id, count)
 * ```
 */
export async function* aggregate(
  store: AnyReader,
  pipeline: readonly MongoRecord[],
): AsyncGenerator<MongoRecord, void, undefined> {
  const call = { op: 'aggregate', writes: false }
  const pages = await documentsStores.run(store, call, context => {
    checkPipeline(pipeline)
    return aggregateIn(context, pipeline).parts()
  })
  for await (const page of eachOn(store, call, pages))
    for (const document of page) yield fromData(document) as MongoRecord
}

function checkPipeline(pipeline: unknown): void {
  const stages = Array.isArray(pipeline) ? pipeline : [undefined]
  for (const stage of stages) {
    const [name, ...others] = Object.keys(Object(stage))
    if (name === undefined || others.length > 0 || !name.startsWith('$'))
      throw new StoreError('InvalidArgument', 'a pipeline is a list of stages with one $-name each')
    if (WRITING.includes(name))
      throw new StoreError('InvalidArgument', `${name} writes; aggregate only reads`)
  }
}
