import type { Meaning } from './error-table.ts'

/** The connection was never made, so nothing was sent. */
const unsent = (detail: string): Meaning => ['Unavailable', detail, { applied: 'no' }]

/** The other side is not who it should be; trying again does not help. */
const untrusted = (detail: string): Meaning => ['Unavailable', detail, { applied: 'no', retryable: false }]

const CERTIFICATE =
  'the certificate of the server cannot be verified: check the address, or give its authority'

/** What the codes of Node's network and TLS errors mean for any store behind a connection. */
export const networkErrors: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: unsent('nothing listens at the address'),
  ENOTFOUND: unsent('the name of the host is not known'),
  EAI_AGAIN: unsent('the name of the host cannot be looked up at the moment'),
  EHOSTUNREACH: unsent('the host cannot be reached'),
  ENETUNREACH: unsent('the network cannot be reached'),
  EHOSTDOWN: unsent('the host cannot be reached'),
  EADDRNOTAVAIL: unsent('the address cannot be used from here'),
  EMFILE: unsent('too many files and connections are open in this process'),
  ENFILE: unsent('too many files and connections are open on this machine'),
  ECONNRESET: ['Unavailable', 'the connection was lost'],
  ECONNABORTED: ['Unavailable', 'the connection was lost'],
  EPIPE: ['Unavailable', 'the connection was lost'],
  ENETDOWN: ['Unavailable', 'the network went down'],
  ENETRESET: ['Unavailable', 'the network went down'],
  ETIMEDOUT: ['Timeout', 'the other side did not answer'],
  ESOCKETTIMEDOUT: ['Timeout', 'the other side did not answer'],
  EPROTO: untrusted('the other side does not speak TLS as wanted: check http and https, and the port'),
  ERR_SSL_WRONG_VERSION_NUMBER: untrusted(
    'the other side does not speak TLS: check http and https, and the port',
  ),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: untrusted(
    'the other side does not speak TLS: check http and https, and the port',
  ),
  CERT_HAS_EXPIRED: untrusted('the certificate of the server has expired'),
  CERT_NOT_YET_VALID: untrusted('the certificate of the server is not valid yet: check the clock'),
  CERT_REVOKED: untrusted('the certificate of the server was revoked'),
  CERT_UNTRUSTED: untrusted(CERTIFICATE),
  CERT_SIGNATURE_FAILURE: untrusted(CERTIFICATE),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted(CERTIFICATE),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted(CERTIFICATE),
  UNABLE_TO_GET_ISSUER_CERT: untrusted(CERTIFICATE),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted(CERTIFICATE),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted(CERTIFICATE),
  HOSTNAME_MISMATCH: untrusted('the certificate of the server is for another host'),
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted('the certificate of the server is for another host'),
}
