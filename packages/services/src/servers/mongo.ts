import { findProgram } from '../run/command.ts'
import type { Stage } from '../run/stage.ts'
import type { Running } from '../service.ts'
import { canHaveFerretdb, installFerretdb, startFerretdb } from './ferretdb.ts'
import { downloadMongod, startMongod } from './mongod.ts'

export async function installMongo(): Promise<void> {
  if (findProgram('mongod') === undefined && canHaveFerretdb()) await installFerretdb()
}

/**
 * A server that speaks MongoDB's protocol: `mongodb://127.0.0.1:PORT/`. A `mongod` on the PATH; else FerretDB, where
 * it can be installed; else a MongoDB that mongodb-memory-server downloads.
 */
export async function startMongo(stage: Stage): Promise<Running> {
  const mongod = findProgram('mongod')
  if (mongod !== undefined) return await startMongod(stage, mongod)
  return canHaveFerretdb() ? await startFerretdb(stage) : await startMongod(stage, await downloadMongod())
}
