import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { goInstall } from '../install/go.ts'
import { findProgram } from '../run/command.ts'
import { freePort, randomSecret, type Stage } from '../run/stage.ts'
import type { Running } from '../service.ts'
import { answers } from './answers.ts'

export async function installVersitygw(): Promise<string> {
  return findProgram('versitygw') ?? (await goInstall('github.com/versity/versitygw/cmd/versitygw', 'v1.8.0'))
}

/** A versitygw over a folder of its own: `http://ACCESS:SECRET@127.0.0.1:PORT`. */
export async function startVersitygw(stage: Stage): Promise<Running> {
  const command = await installVersitygw()
  const folder = stage.folder('versitygw')
  const data = join(folder, 'data')
  mkdirSync(data)
  const port = await freePort()
  const [access, secret] = [randomSecret(), randomSecret()]
  await stage.start({
    command,
    args: ['--quiet', '--port', `127.0.0.1:${port}`, 'posix', data],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      ROOT_ACCESS_KEY: access,
      ROOT_SECRET_KEY: secret,
    },
    folder,
    signal: 'SIGKILL',
    ready: () => answers(`http://127.0.0.1:${port}/`),
  })
  return { url: `http://${access}:${secret}@127.0.0.1:${port}`, state: 'started versitygw' }
}
