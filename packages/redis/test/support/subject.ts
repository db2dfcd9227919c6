import type { ByteStore, Subject } from '@kvdol/conformance'
import { clear } from '@kvdol/core'
import { PATIENCE } from '@kvdol/test-support'
import { type RedisClient, type RedisCluster, redis } from '../../src/index.ts'
import { type Conduct, conducted, cutOff } from './conduct.ts'
import type { Cluster, Server } from './server.ts'

interface Place {
  readonly prefix: string
  readonly conduct: Conduct
}

/** Legal keys under which something else is planted. */
const FOREIGN = ['a list', 'a hash']

/** A store under a prefix of its own, with everything that the kit can do to it. */
export function subject(server: Server | Cluster, tag = ''): Subject {
  const places = new WeakMap<ByteStore, Place>()
  const placeOf = (store: ByteStore) => places.get(store) as Place
  let requests = 0
  // Stores on one place are treated in the same way.
  const opened = (place: Place) => {
    const client = conducted(server as RedisClient | RedisCluster, place.conduct, () => requests++)
    const store = redis({ client, prefix: place.prefix })
    places.set(store, place)
    return store
  }
  return {
    name: 'redis',
    timeout: PATIENCE,
    open: () => opened({ prefix: server.freshPrefix(tag), conduct: {} }),
    reopen: store => opened(placeOf(store)),
    async remove(store) {
      const { prefix, conduct } = placeOf(store)
      await clear(redis({ client: server as RedisClient, prefix }), { confirm: true })
      await server.unlink(FOREIGN.map(key => prefix + key))
      if (conduct.refused !== undefined) await server.unlink(conduct.refused.instead)
    },
    async canaries(store) {
      const { prefix } = placeOf(store)
      const near = [prefix.slice(0, -1), `${prefix.slice(0, -1)};a`, `x${prefix}a`, prefix.toUpperCase()]
      for (const name of near) await server.set(name, 'canary')
      return {
        async check() {
          for (const name of near)
            if ((await server.get(name)) !== 'canary') throw new Error(`${name} has changed`)
          for (const name of near) await server.del(name)
        },
      }
    },
    async crowd(store) {
      const { prefix } = placeOf(store)
      await server.lPush(`${prefix}${FOREIGN[0]}`, 'x')
      await server.hSet(`${prefix}${FOREIGN[1]}`, 'field', 'x')
      await server.set(Buffer.concat([Buffer.from(prefix), Buffer.from([0xff, 0xfe])]), 'no text')
      await server.set(prefix, 'no key')
      await server.set(`${prefix}${'x'.repeat(1025)}`, 'too long')
      return FOREIGN
    },
    outage(store) {
      placeOf(store).conduct.down = true
    },
    slow(store, milliseconds) {
      placeOf(store).conduct.milliseconds = milliseconds
    },
    requests: () => requests,
    ...('masters' in server
      ? {}
      : {
          async failWrite(store: ByteStore, key: string) {
            const { prefix, conduct } = placeOf(store)
            const instead = `refused:${prefix}`
            await server.lPush(instead, 'x')
            conduct.refused = { name: prefix + key, instead }
          },
          async damage(store: ByteStore) {
            placeOf(store).conduct.through = await cutOff(server.url)
          },
        }),
  }
}
