import type { ByteStore, Subject } from '@kvdol/conformance'
import { clear } from '@kvdol/core'
import { type RedisClient, type RedisCluster, redis } from '../../src/index.ts'
import type { Cluster, Server } from './server.ts'

interface Place {
  readonly prefix: string
  lose(): void
}

/** Legal keys under which something else is planted. */
const FOREIGN = ['a list', 'a hash']

/** A store under a prefix of its own, with everything that the kit can do to it. */
export function subject(server: Server | Cluster, tag = ''): Subject {
  const places = new WeakMap<ByteStore, Place>()
  const placeOf = (store: ByteStore) => places.get(store) as Place
  const opened = (prefix: string) => {
    const { client, lose } = losable(server as RedisClient | RedisCluster)
    const store = redis({ client, prefix })
    places.set(store, { prefix, lose })
    return store
  }
  return {
    name: 'redis',
    open: () => opened(server.freshPrefix(tag)),
    reopen: store => opened(placeOf(store).prefix),
    async remove(store) {
      const { prefix } = placeOf(store)
      await clear(redis({ client: server as RedisClient, prefix }), { confirm: true })
      await server.unlink(FOREIGN.map(key => prefix + key))
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
    outage: store => placeOf(store).lose(),
  }
}

/** The same client until it is lost; then every command fails as on a connection that breaks. */
function losable(server: RedisClient | RedisCluster): { client: RedisClient; lose(): void } {
  let lost = false
  const client = new Proxy(server, {
    get(_, name) {
      const member: unknown = Reflect.get(server, name, server)
      if (typeof member !== 'function') return member
      if (lost)
        return () => Promise.reject(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
      return member.bind(server)
    },
  })
  return {
    client: client as RedisClient,
    lose() {
      lost = true
    },
  }
}
