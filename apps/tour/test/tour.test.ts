import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chapters } from '../src/chapters.ts'
import { findInput, InputError } from '../src/input.ts'
import { sourceText } from '../src/source-text.ts'
import { withTemporaryFolder } from '../src/temporary.ts'
import { columns } from '../src/terminal/layout.ts'
import { paintFor } from '../src/terminal/paint.ts'
import { show } from '../src/terminal/show.ts'
import { giveTour } from '../src/tour.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvdol-tour-test-'))
  mkdirSync(join(folder, 'people/north'), { recursive: true })
  for (const name of ['ann', 'bob', 'eve'])
    writeFileSync(join(folder, `people/north/${name}.json`), JSON.stringify({ name }))
  writeFileSync(join(folder, 'README.md'), '# People\n')
  writeFileSync(join(folder, 'photo.bin'), Uint8Array.of(255, 0, 255))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** Gives the tour of the small folder. */
async function tour(width: number, environment = {}, isTTY = false) {
  const lines: string[] = []
  const input = await findInput(folder)
  let temporary = ''
  const failed = await withTemporaryFolder(place => {
    temporary = place
    const paint = paintFor({ isTTY }, environment)
    return giveTour({ input, temporary, width, paint, write: line => lines.push(line) })
  })
  return { failed, lines, text: lines.join('\n'), temporary }
}

describe('the tour', () => {
  it('gives every chapter, each with the code that ran', async () => {
    const { failed, text } = await tour(80)
    expect(failed).toBe(0)
    for (const { title, file } of chapters) {
      expect(text).toContain(title)
      expect(text).toContain(sourceText(file).split('\n').at(-2)?.trim())
    }
  })

  it('shows what is in the folder', async () => {
    const { text } = await tour(80)
    expect(text).toContain('On show: 5 files')
    expect(text).toContain('files  5')
    expect(text).toContain('.json  3')
    expect(text).toContain('photo.bin  Uint8Array(3)')
    expect(text).toMatch(/people\/north\/\w+\.json {2}\{ name: '\w+' \}/)
    expect(text).toContain('README.md  # People')
    expect(text).toMatch(/first {2}\[ 'people\/north', '\w+', 'json' \]/)
    expect(text).toContain('page  1  README.md')
  })

  it('comes to the same report on disk, in memory, in the archive and in a table', async () => {
    const { text } = await tour(80)
    const line = '{"values":3,"lines":3,"characters":42}'
    for (const name of ['onDisk', 'inMemory', 'archive', 'inTable'])
      expect(text).toContain(`${name}  ${line}`)
    expect(text).toContain('identical  true')
    expect(text).toMatch(/file {2}%4fld%3a/)
  })

  it('has rows with typed keys in the database', async () => {
    const { text } = await tour(100)
    expect(text).toContain("[ [ 'people/north', 'ann.json' ], { kind: '.json', length: 14 } ]")
  })

  it('names what is wrong with each mistake', async () => {
    const { text } = await tour(80)
    for (const code of ['InvalidKey', 'InvalidValue', 'Corrupt']) expect(text).toContain(`│ ${code}\n`)
  })

  it.each([80, 120, 160])('keeps to %i columns', async width => {
    const { lines } = await tour(width)
    expect(lines.filter(line => columns(line) > width)).toEqual([])
  })

  it('puts the output beside the code where there is room', async () => {
    expect((await tour(80)).text).not.toMatch(/import .*│/)
    expect((await tour(130)).text).toMatch(/import .*│/)
  })

  it('has colours only in a terminal without NO_COLOR', async () => {
    const start = '\u001B['
    expect((await tour(80, {}, true)).text).toContain(start)
    expect((await tour(80, { NO_COLOR: '1' }, true)).text).not.toContain(start)
    expect((await tour(80, {}, false)).text).not.toContain(start)
  })

  it('removes its temporary folder and leaves the shown folder alone', async () => {
    const before = readdirSync(folder, { recursive: true }).toSorted()
    const { temporary } = await tour(80)
    expect(() => readdirSync(temporary)).toThrow('ENOENT')
    expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual(before)
  })
})

describe('show', () => {
  it('takes control characters out of what a file holds', () => {
    expect(show(['a\u001B[2Jb', 'c\n\td'])).toBe('a\uFFFD[2Jb  c d')
  })

  it('shortens long values', () => {
    expect(show(['x'.repeat(500)]).length).toBeLessThan(200)
    expect(show([{ text: 'x'.repeat(500) }]).length).toBeLessThan(200)
  })
})

describe('findInput', () => {
  it('finds thousands of files without an argument', async () => {
    expect((await findInput(undefined)).count).toBeGreaterThan(1000)
  })

  it.each([
    ['a missing folder', 'missing', 'There is no folder'],
    ['a file', 'README.md', 'is a file'],
  ])('refuses %s', async (_, name, message) => {
    await expect(findInput(join(folder, name))).rejects.toThrow(message)
    await expect(findInput(join(folder, name))).rejects.toThrow(InputError)
  })

  it('refuses a folder without text files', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'kvdol-tour-test-'))
    await expect(findInput(empty)).rejects.toThrow('holds no text files')
    rmSync(empty, { recursive: true })
  })
})
