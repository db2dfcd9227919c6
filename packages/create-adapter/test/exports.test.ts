import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('is a program, and exports nothing', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(Object.keys(manifest.exports)).toEqual(['./package.json'])
  expect(manifest.bin).toEqual({ 'create-adapter': './dist/main.js' })
  expect(manifest.files).toContain('template')
})
