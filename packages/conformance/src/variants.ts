import { innerKey, isStoreError, mapKeys, mapValues, pipe, type ValueCodec } from '@kvdol/core'
import { checkBytes } from '@kvdol/core/adapter'
import { expectBytes } from './assert.ts'
import { utf8 } from './bytes.ts'
import { prefixed } from './prefixed.ts'
import type { ByteStore, Canaries, Subject } from './subject.ts'

/** A subject with a name. */
export type Variant = Subject & { readonly name: string }

/** Keys next to the crowded view's prefix, which must stay unseen and untouched. */
const FOREIGN = ['foreign', 'vie', 'views/a', 'view-/a', 'view0', 'View/a', 'other/view/a', 'viewx']

/**
 * The subject in four forms that must all keep the contract: as it is, through a key map, through a value map, and as
 * a view of a place that already holds other keys.
 *
 * @example
 * ```ts
 * for (const variant of variants(subject))
 *   describe(variant.name, () => {
 *     for (const { name, run } of conformance(variant)) it(name, run)
 *   })
 * ```
 */
export function variants(subject: Subject): Variant[] {
  const name = subject.name ?? 'store'
  const crowded = {
    ...subject,
    open: async () => await crowd(await subject.open()),
    canaries: foreigners(subject),
  }
  return [
    { ...subject, name },
    through(subject, `${name} through a key map`, store => pipe(store, mapKeys(prefixed('kit/', '.v'))), 6),
    through(subject, `${name} through a value map`, store => pipe(store, mapValues(mask)), 0),
    through(crowded, `${name}, crowded`, store => pipe(store, mapKeys(prefixed('view/'))), 5),
  ]
}

/** Another value of the same length, so that sizes and ranges can still be checked. */
const mask: ValueCodec<Uint8Array, Uint8Array> = {
  name: 'mask',
  decode: masked,
  encode: masked,
  stream: { decode: maskedChunks, encode: maskedChunks },
}

function masked(bytes: Uint8Array): Uint8Array {
  return checkBytes(bytes).map(byte => byte ^ 0x5a)
}

async function* maskedChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield masked(chunk)
}

async function crowd(store: ByteStore): Promise<ByteStore> {
  // First, so that a store which folds case refuses the neighbours that it cannot tell from the view's keys.
  await store.set('view/first', utf8('first'))
  for (const key of FOREIGN) {
    await store.set(key, utf8(`foreign ${key}`)).catch(error => {
      if (!isStoreError(error, 'InvalidKey')) throw error
    })
  }
  await store.delete('view/first')
  return store
}

/** The subject's canaries, and the foreign keys as further ones. */
function foreigners(subject: Subject): (store: ByteStore) => Promise<Canaries> {
  return async store => {
    const others = await subject.canaries?.(store)
    const before = new Map<string, Uint8Array | undefined>()
    for (const key of FOREIGN) before.set(key, await store.get(key).catch(() => undefined))
    return {
      async check() {
        await others?.check()
        for (const [key, value] of before)
          if (value !== undefined)
            expectBytes(await store.get(key), value, 'keys outside a view are untouched', key)
      },
    }
  }
}

/** The subject behind a transform; hooks get the stores that the subject itself made, which end with the place. */
function through(
  subject: Subject,
  name: string,
  transform: (store: ByteStore) => ByteStore,
  keyOverhead: number,
): Variant {
  const made = new WeakMap<ByteStore, ByteStore[]>()
  const below = (view: ByteStore) => made.get(view)?.[0] as ByteStore
  const {
    open,
    reopen,
    remove,
    canaries,
    crowd,
    outage,
    failWrite,
    slow,
    damage,
    abandonLock,
    guarantees: _,
    ...rest
  } = subject
  return {
    ...rest,
    name,
    view: true,
    keyOverhead: keyOverhead + (subject.keyOverhead ?? 0),
    async open() {
      const store = await open()
      const view = transform(store)
      made.set(view, [store])
      return view
    },
    async remove(view) {
      for (const store of made.get(view) ?? []) await store.close()
      await remove?.(below(view))
    },
    ...(reopen && {
      async reopen(view: ByteStore) {
        const store = await reopen(below(view))
        made.get(view)?.push(store)
        return transform(store)
      },
    }),
    ...(canaries && { canaries: (view: ByteStore) => canaries(below(view)) }),
    // What was put there lies under keys of the store below.
    ...(crowd && { crowd: async (view: ByteStore) => void (await crowd(below(view))) }),
    ...(outage && { outage: (view: ByteStore) => outage(below(view)) }),
    ...(slow && { slow: (view: ByteStore, milliseconds: number) => slow(below(view), milliseconds) }),
    ...(failWrite && {
      failWrite: (view: ByteStore, key: string) => failWrite(below(view), innerKey(view, key) as string),
    }),
    ...(abandonLock && {
      abandonLock: (view: ByteStore, key: string) => abandonLock(below(view), innerKey(view, key) as string),
    }),
    ...(damage && {
      damage: (view: ByteStore, key: string) => damage(below(view), innerKey(view, key) as string),
    }),
  }
}
