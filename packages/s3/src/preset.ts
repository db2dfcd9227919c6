import { type Condition, givenOptions, type OptionCheck, option } from '@kvdol/core'

/** What is known of a service with the interface of S3. */
export interface Preset {
  readonly name: string
  /** Matches the host names of the service's endpoints, with the region as group `region` if they tell it. */
  readonly hosts?: RegExp | undefined
  /** The endpoint for a region, where it need not be given. */
  readonly endpoint?: ((region: string) => string) | undefined
  /** The region, where it need not be given. */
  readonly region?: string | undefined
  /**
   * Buckets are addressed by path, not by host name.
   * @default true
   */
  readonly pathStyle?: boolean | undefined
  /**
   * Conditional writes that the service decides by itself, without a race.
   * @default []
   */
  readonly conditions?: readonly Condition[] | undefined
  /**
   * Which keys the service holds one to one: those that every service does, or any.
   * @default 'portable'
   */
  readonly keys?: 'portable' | 'any' | undefined
  /**
   * What becomes of `a/b` beside `a`: both are kept, the second is refused, or one is hidden from listings.
   * @default 'hides'
   */
  readonly nesting?: 'keeps' | 'refuses' | 'hides' | undefined
  /**
   * In which order keys are listed.
   * @default 'none'
   */
  readonly order?: 'none' | 'utf8-bytes' | undefined
  /**
   * Whether the service knows the checksums of the SDK, so that they are used on every request.
   * @default false
   */
  readonly checksums?: boolean | undefined
  /**
   * Whether many objects can be deleted by one request.
   * @default true
   */
  readonly batchDelete?: boolean | undefined
}

/** A {@link Preset} with every choice made. */
export type Service = Pick<Preset, Optional> & {
  readonly [K in Exclude<keyof Preset, Optional>]-?: NonNullable<Preset[K]>
}

type Optional = 'hosts' | 'endpoint' | 'region'

const DEFAULTS = {
  pathStyle: true,
  conditions: [],
  keys: 'portable',
  nesting: 'hides',
  order: 'none',
  checksums: false,
  batchDelete: true,
} as const

export const CONDITIONS: OptionCheck = [
  "a list of 'ifAbsent', 'ifMatch', 'deleteIfMatch'",
  value =>
    Array.isArray(value) && value.every(each => ['ifAbsent', 'ifMatch', 'deleteIfMatch'].includes(each)),
]

const CHECKS: Readonly<Record<keyof Preset, OptionCheck>> = {
  name: ['a name', value => typeof value === 'string' && value !== ''],
  hosts: ['a regular expression', value => value instanceof RegExp && !value.global && !value.sticky],
  endpoint: ['a function of the region', value => typeof value === 'function'],
  region: ['a region', value => typeof value === 'string' && value !== ''],
  pathStyle: option.flag,
  conditions: CONDITIONS,
  keys: option.oneOf('portable', 'any'),
  nesting: option.oneOf('keeps', 'refuses', 'hides'),
  order: option.oneOf('none', 'utf8-bytes'),
  checksums: option.flag,
  batchDelete: option.flag,
}

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
  givenOptions('definePreset', preset, CHECKS)
  if (preset.name === undefined) throw new TypeError('definePreset: name is a name')
  return Object.freeze({ ...preset })
}

/** The preset with every choice made. */
export function serviceOf(preset: Preset): Service {
  const given = Object.fromEntries(Object.entries(preset).filter(([, value]) => value !== undefined))
  return { ...DEFAULTS, ...(given as Preset) } as Service
}
