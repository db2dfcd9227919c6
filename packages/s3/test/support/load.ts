import { bucket } from '../../src/index.ts'

// Run where the SDK is not installed: only the call can find that out.
const store = bucket('media', { connection: { endpoint: 'http://127.0.0.1:1' }, onMissingBucket: 'assume' })
console.log('opened')
await store.get('a').catch((error: Error) => console.log(error.message, String(error.cause)))
await store.close()
