import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their TypeScript source, so that tests need no build.
// What only bundlers can load (`module`) is left out.
const conditions = ['@kvdol/source', ...defaultServerConditions.filter(condition => condition !== 'module')]

const project = (root: string, name: string, include: string) => ({
  extends: true as const,
  root,
  test: { name, include: [include] },
})

const projects = ['packages', 'apps']
  .flatMap(parent => readdirSync(parent).map(name => `${parent}/${name}`))
  .filter(folder => existsSync(`${folder}/test`))
  .map(folder => project(folder, folder.replace('packages/', '@kvdol/'), 'test/**/*.test.ts'))

if (existsSync('examples')) projects.push(project('examples', 'examples', '**/*.test.ts'))

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects,
    allowOnly: false,
    testTimeout: 120_000,
    // Starts the real servers that tests ask for, once for all projects.
    globalSetup: [fileURLToPath(new URL('packages/services/src/global-setup.ts', import.meta.url))],
  },
})
