import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { temporaryFolder } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import { run } from '../src/run.ts'

/** Runs the program in a folder of its own; `typed` is what somebody types at a terminal. */
async function ran(
  args: string[],
  { typed, folder = temporaryFolder() }: { typed?: string; folder?: string } = {},
) {
  const output = { stdout: new PassThrough(), stderr: new PassThrough() }
  const isTTY = typed !== undefined
  const stdin = Object.assign(new PassThrough(), { isTTY })
  if (isTTY) stdin.end(`${typed}\n`)
  const code = await run(args, {
    stdin,
    stdout: Object.assign(output.stdout, { isTTY }),
    stderr: output.stderr,
    cwd: () => folder,
  })
  return { code, folder, out: String(output.stdout.read() ?? ''), err: String(output.stderr.read() ?? '') }
}

describe('create-adapter', () => {
  it('prints how it is used', async () => {
    const { code, out, folder } = await ran(['--help'])
    expect([code, readdirSync(folder)]).toEqual([0, []])
    expect(out).toContain('npm create @kvdol/adapter <name> [folder]')
  })

  it('makes the folder of the package, or the one that is named', async () => {
    const { code, folder, out } = await ran(['redis'])
    expect([code, readdirSync(folder)]).toEqual([0, ['kvdol-redis']])
    expect(out).toContain('npm test')
    const named = await ran(['@me/kv-redis', 'deep/er'])
    expect(named.code).toBe(0)
    const manifest = JSON.parse(readFileSync(join(named.folder, 'deep/er/package.json'), 'utf8'))
    expect(manifest.name).toBe('@me/kv-redis')
  })

  it('asks for the name on a terminal, and nowhere else', async () => {
    const asked = await ran([], { typed: 'redis' })
    expect([asked.code, readdirSync(asked.folder)]).toEqual([0, ['kvdol-redis']])
    const silent = await ran([])
    expect([silent.code, silent.err]).toEqual([
      1,
      expect.stringContaining('the name of the adapter is missing'),
    ])
  })

  it('overwrites nothing', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'kvdol-redis'))
    writeFileSync(join(folder, 'kvdol-redis', 'mine'), 'mine')
    const { code, err } = await ran(['redis'], { folder })
    expect([code, err]).toEqual([1, expect.stringContaining('exists; nothing is overwritten')])
    expect(readdirSync(join(folder, 'kvdol-redis'))).toEqual(['mine'])
  })

  it('says why a folder cannot be made', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'mine')
    const { code, err } = await ran(['redis', 'file/in'], { folder })
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^create-adapter: .*file.in cannot be made: .*file/),
    ])
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it.each([
    [['Redis'], 'lower case'],
    [['redis', 'a', 'b'], 'see --help'],
    [['redis', '--force'], 'there is no option --force'],
  ])('%j is refused', async (args, reason) => {
    const { code, err, folder } = await ran(args)
    expect([code, readdirSync(folder)]).toEqual([1, []])
    expect(err).toContain(reason)
  })
})
