/** Where a server is. */
export interface Address {
  readonly url: string
  readonly database: number | undefined
  /** For messages: without credentials. */
  readonly host: string
  readonly secrets: readonly string[]
}

const FORM = 'redis: url is redis://host:port, rediss://host:port for TLS, or unix:///path?db=number'

/** Credentials, path, and the number of the database: no URL in the sense of the web. */
const SOCKET = /^unix:\/\/(?:[^:@/]*(?::[^@/]*)?@)?\/[^?#]+?(?:\?db=(\d+))?$/

/** The parts of an address. Throws `TypeError`, which never tells the address, for what is none. */
export function addressOf(url: string, database: number | undefined): Address {
  if (!/^(rediss?|unix):\/\//.test(url)) throw new TypeError(FORM)
  const named = isEncoded(url) ? databaseOf(url) : undefined
  if (named === undefined)
    throw new TypeError(`${FORM}; characters such as @, /, ?, # and % of a password have to be encoded`)
  if (!/^\d*$/.test(named)) throw new TypeError('redis: the path of the url is the number of a database')
  if (named !== '' && database !== undefined && Number(named) !== database)
    throw new TypeError(`redis: the url names database ${Number(named)}, and the option database ${database}`)
  return { url, database, host: hostOf(url), secrets: secretsOf(url) }
}

/** What an address says where the number of the database is; `undefined` for what is no address, or says more. */
function databaseOf(url: string): string | undefined {
  const socket = SOCKET.exec(url)
  if (url.startsWith('unix:')) return socket === null ? undefined : (socket[1] ?? '')
  return URL.canParse(url) && !/[?#]/.test(url) ? new URL(url).pathname.slice(1) : undefined
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** What follows the credentials. */
function hostOf(url: string): string {
  const [place = ''] = url.slice(url.indexOf('://') + 3).split(/[?#]/)
  const host = place.slice(place.lastIndexOf('@') + 1)
  return url.startsWith('unix:') ? host : host.replace(/\/.*/, '')
}

function secretsOf(url: string): string[] {
  const [, credentials = ''] = /^\w+:\/\/(.*)@/.exec(url) ?? []
  const password = credentials.slice(credentials.indexOf(':') + 1)
  return [url, credentials, password, decodeURIComponent(password)].filter(text => text !== '')
}
