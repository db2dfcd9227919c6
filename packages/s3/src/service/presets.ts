import type { Preset } from './preset.ts'

// Not by definePreset, whose checks would be made by each import of the package.
const known = (preset: Preset): Preset => Object.freeze(preset)

/** What is known of services with the interface of S3. What their makers do not document is not promised. */
export const presets = {
  aws: known({
    name: 'aws',
    hosts:
      /^(?:.+\.)?s3[a-z-]*\.(?:dualstack\.)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d)\.)?(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/,
    pathStyle: false,
    conditions: ['ifAbsent', 'ifMatch', 'deleteIfMatch'],
    keys: 'any',
    nesting: 'keeps',
    order: 'utf8-bytes',
    checksums: true,
  }),
  minio: known({
    name: 'minio',
    region: 'us-east-1',
    // It deletes whatever the condition.
    conditions: ['ifAbsent', 'ifMatch'],
    order: 'utf8-bytes',
    checksums: true,
  }),
  versitygw: known({
    name: 'versitygw',
    region: 'us-east-1',
    // A conditional delete succeeds when there is nothing, so that two of them can both seem to win.
    conditions: ['ifAbsent', 'ifMatch'],
    nesting: 'refuses',
    order: 'utf8-bytes',
    checksums: true,
    // It asks the file system for the size first and for the etag then, both by the path.
    mixedHeads: true,
  }),
  r2: known({
    name: 'r2',
    hosts: /(?:^|\.)r2\.cloudflarestorage\.com$/,
    region: 'auto',
    conditions: ['ifAbsent', 'ifMatch'],
    nesting: 'keeps',
    order: 'utf8-bytes',
  }),
  gcs: known({
    name: 'gcs',
    hosts: /(?:^|\.)storage\.googleapis\.com$/,
    endpoint: () => 'https://storage.googleapis.com',
    region: 'auto',
    nesting: 'keeps',
    order: 'utf8-bytes',
    batchDelete: false,
  }),
  ceph: known({ name: 'ceph', region: 'default', nesting: 'keeps' }),
  wasabi: known({
    name: 'wasabi',
    hosts: /(?:^|\.)s3\.(?:(?<region>[a-z]{2}-[a-z]+-\d)\.)?wasabisys\.com$/,
    endpoint: region => `https://s3.${region}.wasabisys.com`,
    nesting: 'keeps',
  }),
  backblaze: known({
    name: 'backblaze',
    hosts: /(?:^|\.)s3\.(?<region>[a-z]{2}-[a-z]+-\d{3})\.backblazeb2\.com$/,
    endpoint: region => `https://s3.${region}.backblazeb2.com`,
    nesting: 'keeps',
  }),
  digitalocean: known({
    name: 'digitalocean',
    hosts: /(?:^|\.)(?<region>[a-z]{3}\d)\.digitaloceanspaces\.com$/,
    endpoint: region => `https://${region}.digitaloceanspaces.com`,
    nesting: 'keeps',
  }),
  scaleway: known({
    name: 'scaleway',
    hosts: /(?:^|\.)s3\.(?<region>[a-z]{2}-[a-z]{3})\.scw\.cloud$/,
    endpoint: region => `https://s3.${region}.scw.cloud`,
    nesting: 'keeps',
  }),
  hetzner: known({
    name: 'hetzner',
    hosts: /(?:^|\.)(?<region>[a-z]{3}\d)\.your-objectstorage\.com$/,
    endpoint: region => `https://${region}.your-objectstorage.com`,
    nesting: 'keeps',
  }),
  // The endpoint is that of a project: https://<project>.storage.supabase.co/storage/v1/s3
  supabase: known({
    name: 'supabase',
    hosts: /^[a-z0-9]+\.(?:storage\.)?supabase\.(?:co|in)$/,
    nesting: 'keeps',
  }),
  tigris: known({
    name: 'tigris',
    hosts: /(?:^|\.)(?:t3\.storage\.dev|fly\.storage\.tigris\.dev)$/,
    endpoint: () => 'https://t3.storage.dev',
    region: 'auto',
    nesting: 'keeps',
  }),
  localstack: known({
    name: 'localstack',
    endpoint: () => 'http://127.0.0.1:4566',
    region: 'us-east-1',
    conditions: ['ifAbsent', 'ifMatch'],
    nesting: 'keeps',
    checksums: true,
  }),
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof presets

/** For a service of which nothing is known. */
export const unknownService: Preset = known({ name: 'unknown', region: 'us-east-1' })

/** The preset whose endpoints have this host name. */
export function presetOfHost(host: string): Preset | undefined {
  return Object.values(presets).find((preset: Preset) => preset.hosts?.test(host))
}
