import type { ServiceName } from '@kvdol/services'

/** What a program of a page is run with: variables of the environment, and addresses in place of those on the page. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>
  readonly addresses: readonly (readonly [onPage: string, here: string])[]
}

const WAYS = {
  minio(url: string): Surroundings {
    const { origin, username, password } = new URL(url)
    const env = {
      AWS_ENDPOINT_URL_S3: origin,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: username,
      AWS_SECRET_ACCESS_KEY: password,
    }
    const addresses = [
      ['http://127.0.0.1:9000', origin],
      ["'me'", `'${username}'`],
      ["'secret'", `'${password}'`],
    ] as const
    return { env, addresses }
  },
  mongo: (url: string): Surroundings => ({
    env: {},
    addresses: [['mongodb://localhost', url.replace(/\/$/, '')]],
  }),
  redis: (url: string): Surroundings => ({ env: {}, addresses: [['redis://localhost', url]] }),
} satisfies Partial<Record<ServiceName, (url: string) => Surroundings>>

/** A service that examples can run against. */
export type Reachable = keyof typeof WAYS

export function isReachable(name: string): name is Reachable {
  return Object.hasOwn(WAYS, name)
}

/** What a program needs to reach these services, by their addresses. */
export function reaching(urls: ReadonlyMap<Reachable, string>): Surroundings {
  const each = [...urls].map(([name, url]) => WAYS[name](url))
  return {
    env: Object.assign({}, ...each.map(({ env }) => env)),
    addresses: each.flatMap(({ addresses }) => addresses),
  }
}
