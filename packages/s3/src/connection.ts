import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { givenOptions, type OptionCheck, option } from '@kvdol/core'
import { type Preset, type Service, serviceOf } from './preset.ts'
import { type PresetName, presetOfHost, presets, unknownService } from './presets.ts'

/** Where a service is, and who asks. What is left out comes from where the SDK looks: environment, files, machine. */
export interface Connection {
  /**
   * What is known of the service.
   * @default by the host name of `endpoint`; `'aws'` without an endpoint
   */
  preset?: PresetName | Preset | undefined
  /** Address of the service: `'https://objects.example.com'`. */
  endpoint?: string | URL | undefined
  region?: string | undefined
  /** Keys, or a function that gets them. */
  credentials?: S3ClientConfig['credentials'] | undefined
  /**
   * Requests are not signed, for buckets that anybody may read.
   * @default false
   */
  anonymous?: boolean | undefined
}

/** A {@link Connection} with every choice made. */
export interface Target {
  readonly service: Service
  readonly endpoint: string | undefined
  readonly region: string | undefined
  readonly credentials: S3ClientConfig['credentials'] | undefined
  readonly anonymous: boolean
}

const CHECKS: Readonly<Record<keyof Connection, OptionCheck>> = {
  preset: [
    `${option.oneOf(...Object.keys(presets))[0]}, or what definePreset gives`,
    value => (typeof value === 'string' ? Object.hasOwn(presets, value) : Object(value).name !== undefined),
  ],
  endpoint: ['the address of the service', value => typeof value === 'string' || value instanceof URL],
  region: ['a region', option.text[1]],
  credentials: [
    '{ accessKeyId, secretAccessKey, sessionToken? }, or a function that gets them',
    value =>
      typeof value === 'function' ||
      (typeof Object(value).accessKeyId === 'string' && typeof Object(value).secretAccessKey === 'string'),
  ],
  anonymous: option.flag,
}

/**
 * The choices of a connection. Throws `TypeError` for options that do not exist, make no sense, or contradict each
 * other: a preset and an endpoint of another service, an endpoint and another region.
 */
export function targetOf(of: string, connection: Connection): Target {
  givenOptions(`${of}: the connection`, connection, CHECKS)
  const { credentials, anonymous = false } = connection
  if (anonymous && credentials !== undefined)
    throw new TypeError(`${of}: give credentials or anonymous, not both`)
  const url = connection.endpoint === undefined ? undefined : addressOf(of, connection.endpoint)
  const preset = presetOf(connection.preset) ?? guess(url)
  const service = serviceOf(preset)
  if (url !== undefined) checkHost(of, service, url.hostname)
  const region = regionOf(of, service, url, connection.region)
  const endpoint = url?.href ?? endpointOf(of, service, region)
  return { service, endpoint, region, credentials, anonymous }
}

/** The preset that is meant by a name or by itself. */
export function presetOf(preset: PresetName | Preset | undefined): Preset | undefined {
  return typeof preset === 'string' ? presets[preset] : preset
}

function guess(url: URL | undefined): Preset {
  return url === undefined ? presets.aws : (presetOfHost(url.hostname) ?? unknownService)
}

function addressOf(of: string, endpoint: string | URL): URL {
  const url = URL.canParse(String(endpoint)) ? new URL(endpoint) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new TypeError(`${of}: the endpoint is an address such as 'https://objects.example.com'`)
  if (url.username !== '' || url.password !== '')
    throw new TypeError(`${of}: give the credentials by themselves, not in the endpoint`)
  if (url.search !== '' || url.hash !== '')
    throw new TypeError(`${of}: the endpoint has no query and no fragment`)
  return url
}

function checkHost(of: string, service: Service, host: string): void {
  const known = presetOfHost(host)
  const fits = service.hosts === undefined ? known === undefined : service.hosts.test(host)
  if (fits) return
  const whose = known === undefined ? 'no endpoint of that service' : `an endpoint of ${known.name}`
  throw new TypeError(`${of}: the preset is ${service.name}, and ${host} is ${whose}`)
}

function regionOf(
  of: string,
  service: Service,
  url: URL | undefined,
  given: string | undefined,
): string | undefined {
  const told = url && service.hosts?.exec(url.hostname)?.groups?.region
  if (told !== undefined && given !== undefined && told !== given)
    throw new TypeError(`${of}: the endpoint is in the region ${told}, and the region given is ${given}`)
  return given ?? told ?? service.region
}

function endpointOf(of: string, service: Service, region: string | undefined): string | undefined {
  if (service.endpoint === undefined) {
    if (service.name === 'aws') return undefined
    throw new TypeError(`${of}: the preset ${service.name} needs an endpoint`)
  }
  if (region === undefined) throw new TypeError(`${of}: the preset ${service.name} needs a region`)
  return service.endpoint(region)
}
