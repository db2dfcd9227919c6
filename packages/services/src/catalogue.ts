import type { Stage } from './run/stage.ts'
import { installMariadb, startMariadb } from './servers/mariadb.ts'
import { installMinio, startMinio } from './servers/minio.ts'
import { installMongo, startMongo } from './servers/mongo.ts'
import { installMysql, startMysql } from './servers/mysql.ts'
import { installNode } from './servers/node.ts'
import { installOpenssh, startOpenssh } from './servers/openssh.ts'
import { installPostgres, startPostgres } from './servers/postgres.ts'
import { installProgram } from './servers/program.ts'
import { installRedis, startRedis, startRedisCluster } from './servers/redis.ts'
import { installVersitygw, startVersitygw } from './servers/versitygw.ts'
import type { Running, ServiceName } from './service.ts'

/** How to have a service when nobody says where it is. */
interface Source {
  /** Makes sure that its programs are on this machine. */
  readonly install: () => Promise<unknown>
  /** Starts it, installing first what is missing. */
  readonly start: (stage: Stage) => Promise<Running>
  /** Whether tests may do without it even where real servers are required. */
  readonly optional?: true
}

/** Every service, by name. */
export const catalogue: Readonly<Record<ServiceName, Source>> = {
  postgres: { install: installPostgres, start: startPostgres },
  mariadb: { install: installMariadb, start: startMariadb },
  // Debian unstable may lack it for a while.
  mysql: { install: installMysql, start: startMysql, optional: true },
  mongo: { install: installMongo, start: startMongo },
  minio: { install: installMinio, start: startMinio },
  versitygw: { install: installVersitygw, start: startVersitygw },
  openssh: { install: installOpenssh, start: startOpenssh },
  redis: { install: installRedis, start: startRedis },
  rediscluster: { install: installRedis, start: startRedisCluster },
  node22: node('22'),
  node24: node('24'),
  sevenzip: program(['7zz', '7z'], '7zip'),
  infozip: program(['unzip'], 'unzip'),
  python: program(['python3'], 'python3-minimal'),
}

function node(major: string): Source {
  const install = () => installNode(major)
  return { install, start: install }
}

function program(names: readonly string[], debianPackage: string): Source {
  const install = () => installProgram(names, debianPackage)
  return { install, start: install }
}

export const serviceNames = Object.keys(catalogue) as ServiceName[]

/** The environment variable that holds the address of a service which runs already. */
export const addressVariable = (name: ServiceName): string =>
  `KVDOL_TEST_${name.toUpperCase()}${/^(node|sevenzip|infozip|python)/.test(name) ? '' : '_URL'}`
