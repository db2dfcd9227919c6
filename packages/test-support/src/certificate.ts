import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What of a certificate decides whether it is kept. */
interface Certified {
  readonly kit: string
  readonly passed: boolean
  readonly failures: readonly unknown[]
}

/**
 * The certificate that an adapter ships, `certificates/<name>.json` beside its tests. `KVDOL_UPDATE_README=1` makes it anew,
 * which takes as long as the kit; else it has to be there, of this version of the kit. `docs/adapters.md` lists them all.
 *
 * @example
 * ```ts no-run="belongs into a test file"
 * it('is certified', () => keptCertificate(new URL('../certificates/plain.json', import.meta.url), () => certify(subject)))
 * ```
 */
export async function keptCertificate(file: URL, certify: () => Promise<Certified>): Promise<void> {
  const path = fileURLToPath(file)
  if (process.env.KVDOL_UPDATE_README === '1') {
    const certificate = await certify()
    if (!certificate.passed) throw new Error(JSON.stringify(certificate.failures, null, 2))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${JSON.stringify(certificate, null, 2)}\n`)
  }
  if (!existsSync(path))
    throw new Error(`there is no ${path}: KVDOL_UPDATE_README=1 makes it when the test is run`)
  const { passed } = JSON.parse(await readFile(path, 'utf8')) as Certified
  if (!passed) throw new Error(`${path} says that the contract is broken`)
}
