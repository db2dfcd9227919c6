import { decodeValues, isStoreError, pathOf, pipe, urlOf } from '@kvdol/core'
import { ensure, expectRejects, outcome } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'
import { isOfCore } from '../is-of-core.ts'
import type { ByteStore } from '../subject.ts'

/** N14: where a value lies for other programs. That it really lies there, each adapter tests with its own means. */
export const places: readonly Check[] = [
  check('N14', 'pathOf and urlOf give a place or refuse, and never that of other bytes', async lab => {
    const store = await lab.open()
    await store.set('key', utf8('x'))
    const decoded = pipe(
      store,
      decodeValues(bytes => bytes.slice()),
    ) as ByteStore
    for (const [name, ask] of [
      ['pathOf', pathOf],
      ['urlOf', urlOf],
    ] as const) {
      if (isOfCore(store))
        await expectRejects(() => ask(store, ''), 'InvalidKey', `${name} refuses an illegal key`)
      await expectRejects(
        () => ask(decoded, 'key'),
        'Unsupported',
        `${name} refuses where values are decoded`,
      )
      const place = await outcome(() => ask(store, 'key'))
      if (!place.ok) {
        ensure(
          isStoreError(place.error, 'Unsupported'),
          `${name} gives a place or refuses`,
          'another error',
          'key',
        )
        continue
      }
      ensure(place.value.length > 0, `${name} gives a place`, 'an empty text', 'key')
      const raw = await outcome(() => ask(decoded, 'key', { raw: true }))
      ensure(raw.ok, `${name} gives the place of the stored bytes when they are meant`, 'an error', 'key')
    }
  }),
]
