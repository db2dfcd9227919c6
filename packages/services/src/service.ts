/** What tests can ask for. */
export type ServiceName =
  | 'postgres'
  | 'mariadb'
  | 'mysql'
  | 'mongo'
  | 'minio'
  | 'versitygw'
  | 'openssh'
  | 'redis'
  | 'rediscluster'
  | 'node22'
  | 'node24'
  | 'sevenzip'
  | 'infozip'
  | 'python'

/** Where a service is, or why it cannot be had here and how to get it. */
export type Service = { readonly url: string } | { readonly missing: string; readonly how: string }

/** What the end of a run tells about a service. */
export interface Account {
  readonly name: ServiceName
  /** How it was had, such as `started mariadbd`, or why not. */
  readonly state: string
  /** How to get it, when it is missing. */
  readonly how?: string
}

/** A way to have a service: an address, and how to end what was started for it. */
export interface Running {
  readonly url: string
  /** For the account: `started mariadbd`. */
  readonly state: string
}

/** Thrown where a service cannot be had. */
export class Missing extends Error {
  override readonly name = 'Missing'
  readonly how: string

  constructor(reason: string, how: string) {
    super(reason)
    this.how = how
  }
}
