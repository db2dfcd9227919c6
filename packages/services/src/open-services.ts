import { addressVariable, catalogue } from './catalogue.ts'
import { openLedger } from './run/ledger.ts'
import { stageOf } from './run/stage.ts'
import { type Account, Missing, type Running, type Service, type ServiceName } from './service.ts'

/** Services of one run: each is started when it is first asked for, and all end together. */
export interface Services extends AsyncDisposable {
  /** Where a service is; finds, installs or starts it the first time. Rejects for nothing that may be missing. */
  get(name: ServiceName): Promise<Service>
  /** What has been asked for, and how it was had. */
  accounts(): Account[]
  /** Ends every process and removes every folder. */
  close(): Promise<void>
}

/** Opens the services of this process. What a killed run has left is cleaned up first. */
export async function openServices(): Promise<Services> {
  const ledger = await openLedger()
  const stage = stageOf(ledger)
  const asked = new Map<ServiceName, Promise<Service>>()
  const accounts = new Map<ServiceName, Account>()

  async function find(name: ServiceName): Promise<Service> {
    try {
      const { url, state } = given(name) ?? (await catalogue[name].start(stage))
      accounts.set(name, { name, state })
      return { url }
    } catch (error) {
      const how = error instanceof Missing ? error.how : `set ${addressVariable(name)} to a server's address`
      const missing = (error as Error).message
      accounts.set(name, { name, state: `missing: ${missing}`, how })
      return { missing, how }
    }
  }

  async function close(): Promise<void> {
    // A server that is being started would be left behind.
    await Promise.all(asked.values())
    await ledger.settle()
  }

  return {
    get(name) {
      const known = asked.get(name) ?? find(name)
      asked.set(name, known)
      return known
    },
    accounts: () => [...accounts.values()],
    close,
    [Symbol.asyncDispose]: close,
  }
}

function given(name: ServiceName): Running | undefined {
  const variable = addressVariable(name)
  const url = process.env[variable]
  return url ? { url, state: `from ${variable}` } : undefined
}
