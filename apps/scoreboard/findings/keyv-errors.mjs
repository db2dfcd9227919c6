import { Keyv } from 'keyv'

const failing = new Map()
failing.get = () => {
  throw new Error('the disk failed')
}
const keyv = new Keyv({ store: failing })
await keyv.set('a', 'value')
await keyv.get('a').catch(error => console.log('thrown:', error.message))
keyv.on('error', () => {})
console.log(await keyv.get('a'), await keyv.has('a'))
