import { dropbox } from '../../src/index.ts'

// Run where the SDK is not installed: only the call can find that out.
const store = dropbox({ token: 'token', apiUrl: 'http://127.0.0.1:1', contentUrl: 'http://127.0.0.1:1' })
console.log('opened')
await store.get('a').catch((error: Error) => console.log(error.message, String(error.cause)))
