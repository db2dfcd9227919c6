import { bundle } from '@kvdol/test-support'

const program = bundle({ core: new URL('../../../core/src/index.ts', import.meta.url) })

/** A second copy of core. */
export const otherCore = (): Promise<typeof import('@kvdol/core')> => import(program('core'))
