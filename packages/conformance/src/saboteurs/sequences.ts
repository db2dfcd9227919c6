import { lyingDriver, type Saboteur } from './saboteur.ts'

/** Drivers whose lies need a sequence of calls, or calls that meet. */
export const sequenceSaboteurs: readonly Saboteur[] = [
  lyingDriver('forgets a key that a batch sets after its deletion', ['M1'], [], (driver, { entries }) => {
    const graves = new Set<string>()
    return {
      delete(key, options) {
        if (entries.has(key)) graves.add(key)
        return driver.delete(key, options)
      },
      setMany: (batch, options) =>
        driver.setMany(
          batch.filter(([key]) => !graves.has(key) || key.includes('-') || key.startsWith('n/')),
          options,
        ),
    }
  }),
  lyingDriver('reads an old value while a new one is written', ['M2'], [], (driver, { entries }) => {
    const before = new Map<string, Uint8Array | undefined>()
    return {
      async set(key, value, options) {
        if (key !== 'shared') return await driver.set(key, value, options)
        if (!before.has(key)) before.set(key, entries.get(key)?.value)
        await driver.set(key, value, options)
        for (let turns = 0; turns < 8; turns++) await Promise.resolve()
        before.delete(key)
      },
      get: (key, options) => (before.has(key) ? before.get(key)?.slice() : driver.get(key, options)),
    }
  }),
]
