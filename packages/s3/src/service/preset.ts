import type { Condition } from '@kvdol/core'
import {
  flag,
  type Option,
  type OptionsOf,
  oneOf,
  option,
  type SettingsOf,
  settingsOf,
  text,
} from '@kvdol/core/adapter'

/** The conditional writes that stores know, some of which a service decides without a race. */
export const conditions: Option<readonly Condition[]> = option(
  "a list of 'ifAbsent', 'ifMatch', 'deleteIfMatch'",
  value =>
    Array.isArray(value) && value.every(each => ['ifAbsent', 'ifMatch', 'deleteIfMatch'].includes(each)),
)

const PRESET = {
  name: text,
  /** Matches the host names of the service's endpoints, with the region as group `region` if they tell it. */
  hosts: option<RegExp>(
    'a regular expression without the flags g and y',
    value => value instanceof RegExp && !value.global && !value.sticky,
  ),
  /** The endpoint for a region, where it need not be given. */
  endpoint: option<(region: string) => string>(
    'a function of the region',
    value => typeof value === 'function',
  ),
  /** The region, where it need not be given. */
  region: text,
  /**
   * Buckets are addressed by path, not by host name.
   * @default true
   */
  pathStyle: flag.or(true),
  /**
   * Conditional writes that the service decides by itself, without a race.
   * @default []
   */
  conditions: conditions.or([]),
  /**
   * Which keys the service holds one to one: those that every service does, or any.
   * @default 'portable'
   */
  keys: oneOf('portable', 'any').or('portable'),
  /**
   * What becomes of `a/b` beside `a`: both are kept, the second is refused, or one is hidden from listings.
   * @default 'hides'
   */
  nesting: oneOf('keeps', 'refuses', 'hides').or('hides'),
  /**
   * In which order keys are listed.
   * @default 'none'
   */
  order: oneOf('none', 'utf8-bytes').or('none'),
  /**
   * Whether the service knows the checksums of the SDK, so that they are used on every request.
   * @default false
   */
  checksums: flag.or(false),
  /**
   * Whether many objects can be deleted by one request.
   * @default true
   */
  batchDelete: flag.or(true),
  /**
   * Whether an answer to HEAD may mix two writes that come at once, so that only two in a row that agree are believed.
   * @default false
   */
  mixedHeads: flag.or(false),
}

/** What is known of a service with the interface of S3. */
export type Preset = { readonly name: string } & Readonly<Omit<OptionsOf<typeof PRESET>, 'name'>>

/** A {@link Preset} with every choice made. */
export type Service = SettingsOf<typeof PRESET> & { readonly name: string }

/**
 * Describes a service with the interface of S3, for the option `preset`. What is left out is assumed to be at its
 * worst, so that nothing is promised that the service does not keep.
 *
 * Throws `TypeError` for a property that does not exist or makes no sense.
 *
 * @example
 * ```ts
 * const preset = definePreset({ name: 'ours', endpoint: () => 'https://objects.example.com', region: 'main' })
 * const notes = pipe(bucket('notes', { connection: { preset } }), textValues())
 * ```
 */
export function definePreset(preset: Preset): Preset {
  const { name } = settingsOf('definePreset', PRESET, preset)
  if (name === undefined)
    throw new TypeError('definePreset: name is a string that is not empty, and it is missing')
  return Object.freeze({ ...preset })
}

/** The preset with every choice made. Throws `TypeError` as {@link definePreset}. */
export function serviceOf(preset: Preset): Service {
  return settingsOf('definePreset', PRESET, preset) as Service
}
