import { conformanceOn } from './support/conformance.ts'

await conformanceOn('versitygw', { keys: 'plain' })
