import { goInstall } from '../install/go.ts'
import { findProgram } from '../run/command.ts'
import { freePort, randomSecret, type Stage } from '../run/stage.ts'
import type { Running } from '../service.ts'
import { answers } from './answers.ts'

export async function installMinio(): Promise<string> {
  return (
    findProgram('minio') ?? (await goInstall('github.com/minio/minio', 'v0.0.0-20260212201848-7aac2a2c5b7c'))
  )
}

/** A MinIO server of its own: `http://ACCESS:SECRET@127.0.0.1:PORT`. */
export async function startMinio(stage: Stage): Promise<Running> {
  const command = await installMinio()
  const folder = stage.folder('minio')
  const port = await freePort()
  const [access, secret] = [randomSecret(), randomSecret()]
  await stage.start({
    command,
    args: ['server', '--quiet', '--address', `127.0.0.1:${port}`, `${folder}/data`],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      MINIO_ROOT_USER: access,
      MINIO_ROOT_PASSWORD: secret,
      MINIO_BROWSER: 'off',
    },
    folder,
    signal: 'SIGKILL',
    ready: () => answers(`http://127.0.0.1:${port}/minio/health/live`),
  })
  return { url: `http://${access}:${secret}@127.0.0.1:${port}`, state: 'started minio' }
}
