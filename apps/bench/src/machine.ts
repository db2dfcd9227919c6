import { cpus, platform, release } from 'node:os'

/** The kind of machine that a run was made on; nothing that would name the machine itself. */
export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly system: string
  readonly node: string
}

export function thisMachine(): Machine {
  const processors = cpus()
  return {
    cores: processors.length,
    processor: processors[0]?.model.trim() || 'unknown processor',
    system: `${platform()} ${release().split('-')[0]}`,
    node: process.version,
  }
}
