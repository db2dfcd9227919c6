import { flag, type Option, type OptionsOf, option, type SettingsOf, text } from '@kvdol/core/adapter'
import type { Credentials } from './credentials.ts'
import { type ConfiguredEndpoint, configuredEndpoint, configuredRegion } from './environment.ts'
import { type Preset, type Service, serviceOf } from './preset.ts'
import { type PresetName, presetOfHost, presets, unknownService } from './presets.ts'

/** A service by its name, or as `definePreset` describes it. */
export const preset: Option<PresetName | Preset> = option(
  `${Object.keys(presets).join(', ')}, or what definePreset gives`,
  value =>
    typeof value === 'string' ? Object.hasOwn(presets, value) : typeof Object(value).name === 'string',
)

export const CONNECTION = {
  /**
   * What is known of the service.
   * @default by the host name of the endpoint; `'aws'` without one
   */
  preset,
  /**
   * Address of the service: `'https://objects.example.com'`.
   * @default what the preset says, else `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` or the profile's `endpoint_url`
   */
  endpoint: option<string | URL>(
    'the address of the service, such as https://objects.example.com',
    value => typeof value === 'string' || value instanceof URL,
    { hidden: true },
  ),
  /** The region: `'eu-west-1'`. */
  region: text,
  /** Keys, or a function that gets them. */
  credentials: option<Credentials>(
    '{ accessKeyId, secretAccessKey, sessionToken? }, or a function that gets them',
    value =>
      typeof value === 'function' ||
      (typeof Object(value).accessKeyId === 'string' && typeof Object(value).secretAccessKey === 'string'),
    { hidden: true },
  ),
  /**
   * Requests are not signed, for buckets that anybody may read.
   * @default false
   */
  anonymous: flag.or(false),
}

/** Where a service is, and who asks. What is left out comes from where the SDK looks: environment, files, machine. */
export type Connection = OptionsOf<typeof CONNECTION>

/** A {@link Connection} with every choice made. */
export interface Target {
  readonly service: Service
  readonly endpoint: string | undefined
  readonly region: string | undefined
  readonly credentials: Credentials | undefined
  readonly anonymous: boolean
  /** Where each of them comes from, in words. */
  readonly origins: Readonly<Record<'preset' | 'endpoint' | 'region' | 'credentials', string>>
}

/**
 * The choices of a connection. Throws `TypeError` where they contradict each other: a preset and an endpoint of another
 * service, an endpoint and another region.
 */
export function targetOf(of: string, connection: SettingsOf<typeof CONNECTION>): Target {
  const { credentials, anonymous } = connection
  if (anonymous && credentials !== undefined)
    throw new TypeError(`${of}: give credentials or anonymous, not both`)
  const asked = presetOf(connection.preset)
  const found =
    connection.endpoint === undefined && asked?.endpoint === undefined ? configuredEndpoint() : undefined
  const given = connection.endpoint ?? found?.url
  const url = given === undefined ? undefined : addressOf(of, given, found)
  const service = serviceOf(asked ?? guess(url))
  if (url !== undefined) checkHost(of, service, url.hostname, found)
  const { region, from } = regionOf(of, service, url, connection.region, found)
  const endpoint = url?.href ?? endpointOf(of, service, region)
  const origins = {
    preset: presetOrigin(asked, url),
    endpoint: given === undefined ? `the preset ${service.name}` : (found?.from ?? 'connection.endpoint'),
    region: from,
    credentials: anonymous ? 'connection.anonymous' : credentials ? 'connection.credentials' : 'the SDK',
  }
  return { service, endpoint, region, credentials, anonymous, origins }
}

function presetOrigin(asked: Preset | undefined, url: URL | undefined): string {
  if (asked !== undefined) return 'connection.preset'
  if (url === undefined) return 'no preset and no endpoint, which means AWS'
  const known = presetOfHost(url.hostname) !== undefined
  return known ? `the host name ${url.hostname}` : `no preset knows the host name ${url.hostname}`
}

/** The preset that is meant by a name or by itself. */
export function presetOf(preset: PresetName | Preset | undefined): Preset | undefined {
  return typeof preset === 'string' ? presets[preset] : preset
}

function guess(url: URL | undefined): Preset {
  return url === undefined ? presets.aws : (presetOfHost(url.hostname) ?? unknownService)
}

function addressOf(of: string, endpoint: string | URL, found: ConfiguredEndpoint | undefined): URL {
  const where = found === undefined ? 'the endpoint' : `the endpoint, ${found.from},`
  const url = URL.canParse(String(endpoint)) ? new URL(endpoint) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new TypeError(`${of}: ${where} is an address such as 'https://objects.example.com'`)
  if (url.username !== '' || url.password !== '')
    throw new TypeError(`${of}: give the credentials by themselves, not in ${where.replace(/,$/, '')}`)
  if (url.search !== '' || url.hash !== '')
    throw new TypeError(`${of}: ${where} has no query and no fragment`)
  return url
}

function checkHost(of: string, service: Service, host: string, found: ConfiguredEndpoint | undefined): void {
  const known = presetOfHost(host)
  const fits = service.hosts === undefined ? known === undefined : service.hosts.test(host)
  if (fits) return
  const whose = known === undefined ? 'no endpoint of that service' : `an endpoint of ${known.name}`
  const where = found === undefined ? host : `${host}, which is set by ${found.from},`
  throw new TypeError(`${of}: the preset is ${service.name}, and ${where} is ${whose}`)
}

function regionOf(
  of: string,
  service: Service,
  url: URL | undefined,
  given: string | undefined,
  found: ConfiguredEndpoint | undefined,
): { readonly region: string | undefined; readonly from: string } {
  const told = url && service.hosts?.exec(url.hostname)?.groups?.region
  if (told !== undefined && given !== undefined && told !== given)
    throw new TypeError(`${of}: the endpoint is in the region ${told}, and the region given is ${given}`)
  if (given !== undefined) return { region: given, from: 'connection.region' }
  if (told !== undefined) return { region: told, from: 'the host name of the endpoint' }
  // An endpoint and a region of one environment belong together.
  const configured = found === undefined && service.region !== undefined ? undefined : configuredRegion()
  if (configured !== undefined) return { region: configured.region, from: configured.from }
  return { region: service.region, from: service.region ? `the preset ${service.name}` : 'the SDK' }
}

function endpointOf(of: string, service: Service, region: string | undefined): string | undefined {
  if (service.endpoint === undefined) {
    if (service.name === 'aws') return undefined
    throw new TypeError(`${of}: the preset ${service.name} needs an endpoint`)
  }
  if (region === undefined) throw new TypeError(`${of}: the preset ${service.name} needs a region`)
  return service.endpoint(region)
}

/** Beginnings of host names by which a service itself is known, also one without a preset. */
const SERVICE_HOST = /^(?:s3[.-]|minio\.|localhost$|\d+(?:\.\d+){3}$)/

/**
 * Refuses an endpoint that holds the name of the bucket: the SDK adds it once more, and then every object has another
 * name, so that what is there would be absent. An access point is found by its ARN alone, on AWS.
 */
export function assertFits(of: string, { service, endpoint }: Target, bucket: string): void {
  if (endpoint === undefined) return
  if (bucket.startsWith('arn:'))
    throw new TypeError(`${of}: an access point is on AWS, and the SDK finds it; give no endpoint`)
  const { hostname, pathname } = new URL(endpoint)
  const rest = hostname.startsWith(`${bucket}.`) ? hostname.slice(bucket.length + 1) : ''
  const inHost = rest !== '' && (service.hosts?.test(rest) || SERVICE_HOST.test(rest))
  if (!inHost && !pathname.replace(/\/+$/, '').endsWith(`/${bucket}`)) return
  throw new TypeError(`${of}: the endpoint holds the name of the bucket, ${bucket}; give it without`)
}
