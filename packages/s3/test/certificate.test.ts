import { certify } from '@kvdol/conformance'
import { withService } from '@kvdol/services'
import { keptCertificate } from '@kvdol/test-support'
import { it } from 'vitest'
import { adminOf, connectionOf, newBucket } from './support/server.ts'
import { subject } from './support/subject.ts'

await withService('minio', url => {
  it(
    'plain keys on MinIO are certified',
    () =>
      keptCertificate(new URL('../certificates/minio.json', import.meta.url), async () => {
        const admin = adminOf(url)
        const place = newBucket(admin)
        const connection = { ...connectionOf(url, 'minio'), preset: 'minio' as const }
        const options = { keys: 'plain' as const }
        try {
          const tried = await subject({ name: 'plain keys', bucket: place.name, connection, options, admin })
          return await certify(tried, { backend: 'MinIO', concurrency: 4 })
        } finally {
          await place.remove()
          admin.destroy()
        }
      }),
    1_800_000,
  )
})
