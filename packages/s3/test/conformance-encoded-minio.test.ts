import { conformanceOn } from './support/conformance.ts'

// The other keys have the whole kit on this server, and these on the other one.
await conformanceOn('minio', { keys: 'encoded' }, 'smoke')
