import { conformanceOn } from './support/conformance.ts'

await conformanceOn('minio', { keys: 'plain' })
