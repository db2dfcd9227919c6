import { addressVariable, catalogue, serviceNames } from './catalogue.ts'

/**
 * The program that installs what services need, one after the other, so that no test runs beside a compiler. What
 * cannot be installed is left to the tests to report.
 */
for (const name of serviceNames) {
  if (process.env[addressVariable(name)]) continue
  await catalogue[name].install().catch((error: Error) => {
    process.stderr.write(`${name}: ${error.message}\n`)
  })
}
