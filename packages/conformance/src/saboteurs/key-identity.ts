import { StoreError } from '@kvdol/core'
import { utf8 } from '../bytes.ts'
import { store } from './honest.ts'
import { renaming } from './renaming.ts'
import { lyingDriver, type Saboteur } from './saboteur.ts'

/** Drivers that take one key for another. */
export const keyIdentitySaboteurs: readonly Saboteur[] = [
  lyingDriver('trims keys', ['K5', 'K6'], ['K15', 'D2', 'L2', 'L4', 'M1'], driver =>
    renaming(driver, key => key.trim()),
  ),
  lyingDriver(
    'folds case',
    ['K5', 'K6', 'K11'],
    ['K1', 'K2', 'K3', 'K4', 'K10', 'K12', 'K13', 'K15', 'D2', 'D4', 'L1', 'L4', 'T7', 'M1', 'L11'],
    driver => renaming(driver, key => key.toLowerCase()),
  ),
  lyingDriver(
    'keeps the case of the first spelling',
    ['K5', 'K11'],
    ['K6', 'K12', 'K15', 'D2', 'D4', 'L4', 'T7', 'M1', 'L11'],
    (driver, { entries }) =>
      renaming(
        driver,
        key => [...entries.keys()].find(other => other.toLowerCase() === key.toLowerCase()) ?? key,
      ),
  ),
  lyingDriver('normalises Unicode', ['K5', 'K6', 'K12'], ['K11', 'K15', 'D2', 'L4', 'M1'], driver =>
    renaming(driver, key => key.normalize('NFC')),
  ),
  lyingDriver('folds compatible characters', ['K12'], ['K5', 'K6', 'K11', 'K15', 'D2', 'L4', 'M1'], driver =>
    renaming(driver, key => key.normalize('NFKC')),
  ),
  lyingDriver(
    'collapses slashes',
    ['K5', 'K8'],
    ['K6', 'K15', 'D2', 'D4', 'L1', 'L2', 'L4', 'T7', 'M1', 'L12'],
    driver => renaming(driver, key => key.replace(/\/+/g, '/').replace(/^\/|(?<=.)\/$/g, '')),
  ),
  lyingDriver('resolves dot segments', ['K5', 'K6'], ['K15', 'L1', 'L4', 'M1'], driver =>
    renaming(driver, key => (key === '.' || key === '..' ? key : key.replace(/(^|\/)\.\//g, '$1'))),
  ),
  lyingDriver('decodes percent sequences', ['K5', 'K6'], ['K15', 'L4', 'M1'], driver =>
    renaming(driver, decoded),
  ),
  lyingDriver('cuts a query off', ['K5', 'K6'], ['K13', 'K15', 'L4'], driver =>
    renaming(driver, key => key.replace(/(?<=.)[?#].*$/s, '')),
  ),
  lyingDriver('ends keys at NUL', ['K5', 'K6'], ['K15', 'L1', 'L4'], driver =>
    renaming(driver, key => key.split('\0')[0] || key),
  ),
  lyingDriver('cuts keys at 255 characters', ['K6', 'K14'], ['K15', 'L2', 'L4', 'M1'], driver =>
    renaming(driver, key => key.slice(0, 255)),
  ),
  lyingDriver('takes a backslash for a slash', ['K5', 'K6'], ['K15', 'L1', 'L4', 'M1'], driver =>
    renaming(driver, key => key.replaceAll('\\', '/')),
  ),
  lyingDriver('lists keys decoded as a form', ['K6'], ['K15', 'L2', 'L4', 'M1', 'N5'], driver => ({
    async *keys(options) {
      for await (const key of driver.keys(options)) yield key.replaceAll('+', ' ')
    },
  })),
  lyingDriver(
    'refuses control characters without saying so',
    ['K7'],
    ['K5', 'K6', 'K9', 'K15', 'W13', 'L1', 'L2', 'L4', 'N5'],
    driver => ({
      set(key, value, options) {
        if (/[\0-\x1f]/.test(key))
          throw new StoreError('InvalidKey', 'no control characters', { reason: 'control' })
        return driver.set(key, value, options)
      },
    }),
  ),
  lyingDriver(
    'stores a key and refuses it then',
    ['K7'],
    ['K5', 'K6', 'K8', 'W13', 'D2', 'L1', 'L4', 'M1', 'L12'],
    (driver, place) => ({
      guarantees: { ...driver.guarantees, rejects: ['trailing-slash'] },
      set(key, value, options) {
        if (!key.endsWith('/')) return driver.set(key, value, options)
        store(place, key, value)
        throw new StoreError('InvalidKey', 'no slash at the end', { reason: 'trailing-slash' })
      },
    }),
  ),
  lyingDriver(
    'cannot hold a key below another',
    ['K8'],
    ['K5', 'K6', 'K15', 'D2', 'D4', 'L1', 'L4', 'M1', 'N2', 'L11'],
    driver => ({
      async set(key, value, options) {
        await driver.set(key, value, options)
        for (let end = key.indexOf('/', 1); end > 0; end = key.indexOf('/', end + 1))
          await driver.delete(key.slice(0, end), {})
      },
    }),
  ),
  lyingDriver('reaches outside with ../', ['K9'], [], (driver, { outside }) => ({
    set(key, value, options) {
      if (key.startsWith('../')) outside.set(key.replaceAll('../', ''), value)
      return driver.set(key, value, options)
    },
  })),
  lyingDriver('looks keys up in an object', ['K10'], ['K5', 'M1'], driver => {
    const table: Record<string, unknown> = {}
    return { has: (key, options) => key in table || driver.has(key, options) }
  }),
  lyingDriver('loses __proto__', ['K10'], ['K5', 'K6', 'K7', 'K15', 'L4'], driver => ({
    set: (key, value, options) => (key === '__proto__' ? undefined : driver.set(key, value, options)),
  })),
  lyingDriver('shows its temporary files', ['K13'], [], (driver, { entries }) => ({
    async set(key, value, options) {
      const temporary = `${key.slice(0, 1000)}.part-1`
      await driver.set(temporary, value, {})
      await Promise.resolve()
      entries.delete(temporary)
      await driver.set(key, value, options)
    },
  })),
  lyingDriver('writes through a temporary file that is a key', ['K13'], [], (driver, { entries }) => ({
    async set(key, value, options) {
      await driver.set(key, value, options)
      entries.delete(`${key}.tmp`)
    },
  })),
  lyingDriver(
    'refuses keys over 255 bytes',
    ['K14'],
    ['K5', 'K6', 'K7', 'K9', 'K15', 'W13', 'L2', 'L4', 'N5'],
    driver => ({
      set(key, value, options) {
        if (utf8(key).byteLength > 255) throw new StoreError('InvalidKey', 'too long', { reason: 'too-long' })
        return driver.set(key, value, options)
      },
    }),
  ),
  lyingDriver(
    'takes a prefix for a folder',
    ['K15'],
    ['L1', 'L4', 'T6', 'T7', 'M1', 'L11', 'L12'],
    driver => ({
      async *keys({ prefix, ...options }) {
        const folder = prefix === undefined || prefix.endsWith('/') ? prefix : `${prefix}/`
        for await (const key of driver.keys({ ...options, prefix: folder })) yield key
      },
    }),
  ),
  lyingDriver('takes a prefix for a regular expression', ['K15'], [], driver => ({
    async *keys({ prefix = '', ...options }) {
      const pattern = expressionOf(prefix)
      for await (const key of driver.keys(options)) if (pattern.test(key)) yield key
    },
  })),
]

function expressionOf(prefix: string): RegExp {
  try {
    return new RegExp(`^${prefix}`)
  } catch {
    return /(?!)/
  }
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key) || key
  } catch {
    return key
  }
}
