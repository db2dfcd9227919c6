import { each, type Meaning } from './error-table.ts'

/** The connection was never made, so nothing was sent. */
const unsent = (detail: string): Meaning => ['Unavailable', detail, { applied: 'no' }]

/** The other side is not who it should be; trying again does not help. */
const untrusted = (detail: string): Meaning => ['Unavailable', detail, { applied: 'no', retryable: false }]

const lost: Meaning = ['Unavailable', 'the connection was lost']
const late: Meaning = ['Timeout', 'the other side did not answer']

/** What the codes of Node's network and TLS errors mean for any store behind a connection. */
export const networkErrors: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: unsent('nothing listens at the address'),
  ENOTFOUND: unsent('the name of the host is not known'),
  EAI_AGAIN: unsent('the name of the host cannot be looked up at the moment'),
  ...each('EHOSTUNREACH EHOSTDOWN', unsent('the host cannot be reached')),
  ENETUNREACH: unsent('the network cannot be reached'),
  EADDRNOTAVAIL: unsent('the address cannot be used from here'),
  EMFILE: unsent('too many files and connections are open in this process'),
  ENFILE: unsent('too many files and connections are open on this machine'),
  ...each('ECONNRESET ECONNABORTED EPIPE', lost),
  ...each('ENETDOWN ENETRESET', ['Unavailable', 'the network went down']),
  ...each('ETIMEDOUT ESOCKETTIMEDOUT', late),
  EPROTO: untrusted('the other side does not speak TLS as wanted: check http and https, and the port'),
  ...each(
    'ERR_SSL_WRONG_VERSION_NUMBER ERR_SSL_PACKET_LENGTH_TOO_LONG',
    untrusted('the other side does not speak TLS: check http and https, and the port'),
  ),
  CERT_HAS_EXPIRED: untrusted('the certificate of the server has expired'),
  CERT_NOT_YET_VALID: untrusted('the certificate of the server is not valid yet: check the clock'),
  CERT_REVOKED: untrusted('the certificate of the server was revoked'),
  ...each(
    'CERT_UNTRUSTED CERT_SIGNATURE_FAILURE DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    untrusted('the certificate of the server cannot be verified: check the address, or give its authority'),
  ),
  ...each(
    'HOSTNAME_MISMATCH ERR_TLS_CERT_ALTNAME_INVALID',
    untrusted('the certificate of the server is for another host'),
  ),
}
