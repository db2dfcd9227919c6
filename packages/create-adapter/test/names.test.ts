import { describe, expect, it } from 'vitest'
import { namesOf, Refusal } from '../src/names.ts'

describe('names', () => {
  it.each([
    ['redis', 'kvdol-redis', 'redis', 'redis', 'Redis'],
    ['kvdol-redis', 'kvdol-redis', 'redis', 'redis', 'Redis'],
    ['@me/kv-redis-streams', '@me/kv-redis-streams', 'redis-streams', 'redisStreams', 'RedisStreams'],
    [
      '@me/kvdol-memory_map.store',
      '@me/kvdol-memory_map.store',
      'memory-map-store',
      'memoryMapStore',
      'MemoryMapStore',
    ],
    ['delete', 'kvdol-delete', 'delete', 'deleteStore', 'Delete'],
    ['url', 'kvdol-url', 'url', 'urlStore', 'Url'],
    ['fs', 'kvdol-fs', 'fs', 'fs', 'Fs'],
    ['client', 'kvdol-client', 'client-store', 'clientStore', 'Client'],
    ['@me/store', '@me/store', 'store', 'storeStore', 'Store'],
    [' s3 ', 'kvdol-s3', 's3', 's3', 'S3'],
  ])('%s', (given, whole, name, fn, Type) => {
    expect(namesOf(given)).toMatchObject({ package: whole, name, fn, Type })
  })

  it.each([
    ['', 'empty'],
    ['Redis', 'lower case: redis'],
    ['re dis', 'letters'],
    ['../evil', 'letters'],
    ['@me', 'letters'],
    ['@me/', 'letters'],
    ['@me/.hidden', 'letters'],
    ['a/b', 'letters'],
    ['rédis', 'letters'],
    ['9p', 'begin it with a letter'],
    ['@me/kv-9p', 'begin it with a letter'],
    ['x'.repeat(300), '214'],
  ])('%j is refused', (given, reason) => {
    expect(() => namesOf(given)).toThrow(Refusal)
    expect(() => namesOf(given)).toThrow(reason)
  })
})
