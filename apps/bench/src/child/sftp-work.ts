import { sftp } from '@kvdol/ssh'
import { settled, sftpPlaceAt, sftpWire } from '../peers/sftp-place.ts'
import { count } from './film.ts'

/** Work in a folder of an SFTP server, by its address. */
export const sftpWorks = {
  'raw-list-sftp': async (address: string) => {
    const place = sftpPlaceAt(address)
    let close: () => unknown = () => {}
    const wire = await sftpWire(place, end => {
      close = end
    })
    const entries = await settled(done => wire.readdir(place.root, done as never))
    await close()
    return (entries as readonly unknown[]).length
  },
  'our-list-sftp': async (address: string) => {
    await using store = sftp(sftpPlaceAt(address))
    return await count(store.keys())
  },
}
