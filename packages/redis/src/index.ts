export type { ForeignKey, RedisOptions } from './options.ts'
export { type RedisStore, type RedisWriteOptions, redis } from './redis.ts'
export type { RedisClient, RedisCluster, RedisSubscriber } from './shapes.ts'
