/** Minimal shape of what runtimes tell of themselves. */
interface Runtime {
  readonly process?: {
    readonly version?: string
    readonly versions?: { readonly bun?: string }
    readonly platform?: string
    getBuiltinModule?(name: 'node:module'): { createRequire(from: string): (name: string) => unknown }
  }
  readonly Deno?: { readonly version: { readonly deno: string } }
}

const { process, Deno } = globalThis as Runtime

/** The runtime with its version, and the platform: `'node 22.11.0 on linux'`. */
export function runtimeVersion(): string {
  const name =
    Deno !== undefined
      ? `deno ${Deno.version.deno}`
      : process?.versions?.bun !== undefined
        ? `bun ${process.versions.bun}`
        : process?.version !== undefined
          ? `node ${process.version.slice(1)}`
          : 'unknown'
  return process?.platform === undefined ? name : `${name} on ${process.platform}`
}

/** The version of core, where the runtime lets packages be looked up. */
export function coreVersion(): string | null {
  try {
    const require = process?.getBuiltinModule?.('node:module').createRequire(import.meta.url)
    const manifest = require?.('@kvdol/core/package.json') as { version?: string } | undefined
    return manifest?.version ?? null
  } catch {
    return null
  }
}
