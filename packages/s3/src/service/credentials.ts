import type { S3ClientConfig } from '@aws-sdk/client-s3'

/** The keys of an account. */
export interface AccountKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** When a function is asked again. */
  readonly expiration?: Date
}

/** Keys, or a function that gets them. */
export type Credentials = AccountKeys | (() => Promise<AccountKeys>)

type Provider = Extract<S3ClientConfig['credentials'], (...options: never) => unknown>

/** Told of each secret, so that no error tells it. */
export type Note = (secret: string) => void

/** The credentials that the caller gave, while their secrets are noted; `undefined` where none were given. */
export function credentialsFor(
  credentials: Credentials | undefined,
  note: Note,
): S3ClientConfig['credentials'] {
  if (typeof credentials === 'function') return noting(guarded(credentials), note)
  if (credentials !== undefined) noteAll(credentials, note)
  return credentials
}

/** The same provider, while the secrets that it gives are noted. */
export function noting(provider: Provider, note: Note): Provider {
  return async (...options) => {
    const found = await provider(...options)
    noteAll(found, note)
    return found
  }
}

/** The caller's function; what it throws and what is none is a native error for the table of `codes.ts`. */
function guarded(provider: () => Promise<AccountKeys>): Provider {
  return async (...options) => {
    let found: AccountKeys
    try {
      // Providers of the SDK take options, which other functions ignore.
      found = await (provider as Provider)(...options)
    } catch (cause) {
      throw Object.assign(new Error('the function failed', { cause }), FAILED)
    }
    const { accessKeyId, secretAccessKey } = Object(found) as Partial<AccountKeys>
    if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') return found
    throw Object.assign(new Error('the function gave no { accessKeyId, secretAccessKey }'), FAILED)
  }
}

const FAILED = { name: 'CredentialsFunctionError' }

function noteAll({ accessKeyId, secretAccessKey, sessionToken }: AccountKeys, note: Note): void {
  for (const secret of [accessKeyId, secretAccessKey, sessionToken]) if (secret) note(secret)
}
