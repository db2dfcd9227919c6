export { service } from './ask-host.ts'
export { openServices, type Services } from './open-services.ts'
export type { Account, Service, ServiceName } from './service.ts'
export { withService } from './with-service.ts'
