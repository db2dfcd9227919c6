import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  bundle,
  kitWorker,
  scribbled,
  scribbler,
  scripts,
  startChild,
  temporaryFolder,
} from '../src/index.ts'

const here = (name: string) => new URL(name, import.meta.url)
const program = bundle({ open: here('support/store.ts'), scribbler, worker: kitWorker })
const run = scripts(here('support/store.ts'))

function written(script: string): string {
  const file = path.join(temporaryFolder(), 'script.mjs')
  writeFileSync(file, script)
  return file
}

describe('a child process', () => {
  it('tells what it said and how it ended', async () => {
    const file = written(
      "console.log(process.argv[2], process.env.GREETING); console.error('!'); process.exit(3)",
    )
    const { code, signal, output } = await startChild(file, ['a b'], { env: { GREETING: 'hello' } }).ended
    expect([code, signal]).toEqual([3, null])
    expect(output).toContain('a b hello\n')
    expect(output).toContain('!\n')
  })

  it('is waited for until it says something, or ends without it', async () => {
    const child = startChild(written("console.log('one'); process.stdin; setTimeout(() => {}, 60_000)"))
    await child.said('one')
    await child.said('ne\n')
    child.process.kill('SIGTERM')
    await expect(child.said('two')).rejects.toThrow('ended without saying "two": one')
    expect((await child.ended).signal).toBe('SIGTERM')
  })

  it('runs behind commands of a shell, and gets its arguments as they are', async () => {
    const file = written('console.log(process.argv.slice(2).join())')
    const { output } = await startChild(file, ["it's", '$HOME "x"'], { shell: 'echo first' }).ended
    expect(output).toBe('first\nit\'s,$HOME "x"\n')
  })

  let left: ReturnType<typeof startChild> | undefined
  it('may be left behind', async () => {
    left = startChild(written("console.log('up'); setInterval(() => {}, 1000)"))
    await left.said('up')
  })
  it('is killed with the test that started it', async () => {
    expect((await left?.ended)?.signal).toBe('SIGKILL')
  })
})

describe('bundles', () => {
  it('are plain JavaScript with one copy of core', () => {
    const files = (['open', 'scribbler', 'worker'] as const).map(program)
    expect(files.every(file => file.endsWith('.mjs') && existsSync(file))).toBe(true)
    const chunks = files.map(file => [...readFileSync(file, 'utf8').matchAll(/chunk-\w+\.mjs/g)].map(String))
    const [first = []] = chunks
    expect(first.some(name => chunks.every(names => names.some(other => other === name)))).toBe(true)
  })

  it('run scripts', async () => {
    const { output, code } = await run(
      "const s = kvdol.open(place); await s.set('a', bytes('é')); console.log(text(await s.get('a')))",
      { values: { place: path.join(temporaryFolder(), 'told') } },
    ).ended
    expect({ output, code }).toEqual({ output: 'é\n', code: 0 })
  })
})

describe('scribbling', () => {
  it.each(['set', 'setMany', 'writeStream'] as const)(
    'writes whole values by %s until it is killed',
    async how => {
      const place = path.join(temporaryFolder(), 'told')
      await scribbled(program('scribbler'), { module: program('open'), place, how, keys: 2, bytes: 500 }, 5)
      const lines = readFileSync(place, 'utf8').split('\n').slice(0, -1)
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) expect(line).toMatch(/^k[01] [1-9]\d* 500$/)
    },
  )

  it('tells when the process could not write', async () => {
    const place = path.join(temporaryFolder(), 'no folder', 'told')
    const work = { module: program('open'), place, how: 'set', keys: 1, bytes: 5 } as const
    await expect(scribbled(program('scribbler'), work, 0)).rejects.toThrow('ENOENT')
  })
})
