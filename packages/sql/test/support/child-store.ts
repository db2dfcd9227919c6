import { blobs, mysql, postgres, sqlite } from '../../src/index.ts'

/** The store of a child process, by a place such as `sqlite:/a/file.db` or `postgres://… table`. */
export function open(place: string) {
  const [address = '', table = 'kvdol'] = place.split(' ')
  if (address.startsWith('postgres:')) return blobs(postgres(address), { table })
  if (address.startsWith('mysql:')) return blobs(mysql(address), { table })
  return blobs(sqlite(address.slice('sqlite:'.length), { sync: 'normal' }), { table })
}
