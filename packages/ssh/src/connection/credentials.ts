import { readFile } from 'node:fs/promises'
import type {
  AuthenticationType,
  AuthHandlerMiddleware,
  IdentityCallback,
  ParsedKey,
  SignCallback,
} from 'ssh2'
import ssh2 from 'ssh2'
import { invalid } from './user-config.ts'

/** By what the user shows who they are. */
export interface Credentials {
  readonly keys: readonly ParsedKey[]
  readonly agent: ssh2.BaseAgent | undefined
  readonly password: string | undefined
}

/** A private key that was given. Throws `InvalidArgument`, which tells nothing of the key. */
export function privateKey(content: string | Uint8Array, passphrase: string | undefined): ParsedKey {
  const parsed = parse(content, passphrase)
  if (parsed !== undefined) return parsed
  const how = passphrase === undefined ? 'give passphrase if it is encrypted' : 'is the passphrase right?'
  throw invalid(`privateKey is no private key in a format that is known; ${how}`)
}

/** The private key in a file of the user's; `undefined` when there is none or it stays locked. */
export async function identity(path: string, passphrase: string | undefined): Promise<ParsedKey | undefined> {
  const content = await readFile(path).catch(() => undefined)
  return content && parse(content, passphrase)
}

function parse(content: string | Uint8Array, passphrase: string | undefined): ParsedKey | undefined {
  const parsed = ssh2.utils.parseKey(typeof content === 'string' ? content : Buffer.from(content), passphrase)
  return parsed instanceof Error || !parsed.isPrivateKey() ? undefined : parsed
}

/** The public parts of identities, of which an agent may hold the private ones. */
export async function publicKeys(paths: readonly string[]): Promise<Buffer[]> {
  const contents = await Promise.all(paths.map(path => readFile(`${path}.pub`).catch(() => undefined)))
  return contents.flatMap(content => {
    const parsed = content && ssh2.utils.parseKey(content)
    return parsed === undefined || parsed instanceof Error ? [] : [parsed.getPublicSSH()]
  })
}

/** The agent at a socket, with some of its keys only if `only` is given. One that does not answer has no keys. */
export class Agent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: ssh2.BaseAgent
  readonly #only: readonly Buffer[] | undefined

  constructor(socket: string, only?: readonly Buffer[]) {
    super()
    this.#agent = ssh2.createAgent(socket)
    this.#only = only
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    this.#agent.getIdentities((error, keys) => {
      const found = error ? [] : ((keys ?? []) as ParsedKey[])
      const only = this.#only
      callback(
        undefined,
        only === undefined ? found : found.filter(key => only.some(each => each.equals(key.getPublicSSH()))),
      )
    })
  }

  override sign(key: ParsedKey, data: Buffer, options: object, callback?: SignCallback): void
  override sign(key: ParsedKey, data: Buffer, callback: SignCallback): void
  override sign(key: ParsedKey, data: Buffer, ...rest: unknown[]): void {
    ;(this.#agent.sign as (...args: unknown[]) => void)(key, data, ...rest)
  }
}

/** Tries one credential after the other, of those that the server still accepts. */
export function authentication(username: string, credentials: Credentials): AuthHandlerMiddleware {
  const left = [...attempts(username, credentials)]
  return (accepted, _partial, next) => {
    for (let attempt = left.shift(); attempt !== undefined; attempt = left.shift()) {
      const method: AuthenticationType = attempt.type === 'agent' ? 'publickey' : attempt.type
      // `null` before the server has said what it accepts.
      if (accepted === null || accepted.includes(method)) return next(attempt)
    }
    next(false as never)
  }
}

function* attempts(username: string, { keys, agent, password }: Credentials): Generator<ssh2.AnyAuthMethod> {
  for (const key of keys) yield { type: 'publickey', username, key }
  if (agent !== undefined) yield { type: 'agent', username, agent }
  if (password === undefined) return
  yield { type: 'password', username, password }
  yield {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) =>
      // Anything else than one question without echo asks for more than the password.
      finish(prompts.length === 1 && prompts[0]?.echo !== true ? [password] : []),
  }
}
