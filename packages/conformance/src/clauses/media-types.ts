import { isStoreError, rename, writeStream } from '@kvdol/core'
import { ensure, expectBytes, expectSame, outcome } from '../assert.ts'
import { utf8 } from '../bytes.ts'
import { type Check, check } from '../check.ts'

/** W16: the media type of a value. */
export const mediaTypes: readonly Check[] = [
  check('W16', 'a media type is kept with the value, or refused before any effect', async lab => {
    const store = await lab.open()
    const contentType = 'text/x-kit; charset=utf-8'
    for (const [name, write] of Object.entries({
      set: (options: object) => store.set('key', utf8('x'), options),
      writeStream: (options: object) => writeStream(store, 'key', [utf8('x')], options),
    })) {
      await store.delete('key')
      const result = await outcome(() => write({ contentType }))
      if (!result.ok) {
        ensure(
          isStoreError(result.error, 'Unsupported'),
          `${name} keeps contentType or refuses it`,
          'another error',
        )
        expectBytes(await store.get('key'), undefined, `a refused ${name} stores nothing`, 'key')
        continue
      }
      const kept = async (key = 'key') => (await store.stat(key))?.contentType
      expectSame(await kept(), contentType, `${name} keeps contentType`, 'key')
      await write({ contentType: 'text/x-other' })
      expectSame(await kept(), 'text/x-other', `${name} replaces contentType`, 'key')
      await rename(store, 'key', 'moved')
      expectSame(await kept('moved'), 'text/x-other', 'rename takes contentType along', 'moved')
      for (const [how, plain] of Object.entries({
        [name]: () => write({}),
        setMany: () => store.setMany([['key', utf8('y')]]),
      })) {
        await write({ contentType })
        await plain()
        const next = await kept()
        ensure(next !== contentType, `a value without one does not inherit it (${how})`, String(next), 'key')
      }
    }
  }),
]
