import { createRequire } from 'node:module'
import path from 'node:path'
import { redis } from '../../src/index.ts'

/** A program that tells whether the client is loaded: before the first call of a store, and after it. */
const { cache } = createRequire(import.meta.url)
const isLoaded = () => Object.keys(cache).some(file => file.includes(path.join('node_modules', 'redis')))

const store = redis({ url: 'redis://127.0.0.1:1' })
const before = isLoaded()
await store.get('k').catch(() => {})
process.stdout.write(`before: ${before}, after: ${isLoaded()}`)
await store.close()
