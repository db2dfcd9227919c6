import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'

const disk = new Disk(new FSDriver({ location: `${process.cwd()}/data`, visibility: 'private' }))
await disk.put('empty', new Uint8Array(0))
console.log((await disk.getBytes('empty')).byteLength, (await disk.getMetaData('empty')).contentLength)
