import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** An endpoint that the SDK would use although nobody gave one, and where it stands. */
export interface ConfiguredEndpoint {
  readonly url: string
  readonly from: string
}

type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The endpoint that environment or configuration files set for S3, in the order in which the SDK looks: the variables
 * `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL`, the profile's section of services, the profile itself.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function configuredEndpoint(env: Environment = process.env): ConfiguredEndpoint | undefined {
  const { name, profile, config } = profileOf(env)
  const ignored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile.get('ignore_configured_endpoint_urls')
  if (ignored === 'true') return undefined
  for (const from of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) {
    const url = env[from]
    if (url) return { url, from }
  }
  const services = config.get(`services ${profile.get('services')}`)
  const url = services?.get('s3.endpoint_url') || profile.get('endpoint_url')
  return url ? { url, from: `endpoint_url of the profile ${name}` } : undefined
}

/** The region that environment or configuration files set, as the SDK finds it, and where it stands. */
export function configuredRegion(
  env: Environment = process.env,
): { region: string; from: string } | undefined {
  if (env.AWS_REGION) return { region: env.AWS_REGION, from: 'AWS_REGION' }
  const { name, profile } = profileOf(env)
  const region = profile.get('region')
  return region ? { region, from: `region of the profile ${name}` } : undefined
}

/** The profile in use, of both files, and the sections of the configuration. */
function profileOf(env: Environment) {
  const name = env.AWS_PROFILE || 'default'
  const config = sectionsOf(env.AWS_CONFIG_FILE ?? path.join(homedir(), '.aws', 'config'))
  const credentials = sectionsOf(
    env.AWS_SHARED_CREDENTIALS_FILE ?? path.join(homedir(), '.aws', 'credentials'),
  )
  const profile = new Map([
    ...(credentials.get(name) ?? []),
    ...(config.get(`profile ${name}`) ?? (name === 'default' ? config.get(name) : undefined) ?? []),
  ])
  return { name, profile, config }
}

/** The sections of a configuration file; none where there is no such file, or where it cannot be read. */
function sectionsOf(file: string): Sections {
  const sections = new Map<string, Map<string, string>>()
  let section = new Map<string, string>()
  let parent = ''
  for (const line of linesOf(file)) {
    const [, title] = /^\[\s*([^\]]*?)\s*\]/.exec(line) ?? []
    if (title !== undefined) {
      section = new Map()
      sections.set(title.replaceAll(/["']/g, '').replaceAll(/\s+/g, ' '), section)
      parent = ''
      continue
    }
    const [, indent, name, value = ''] = /^(\s*)([^\s=#;][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (name === undefined) continue
    // Settings of one service are indented below its name.
    if (indent === '') parent = value === '' ? `${name}.` : ''
    section.set((indent === '' ? '' : parent) + name, value)
  }
  return sections
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch {
    return []
  }
}
