import { compose, memory, pipe, text, textValues } from '@kvdol/core'
import { type Edit, fields } from '@kvdol/core/layers'
import { collect, rejection } from '@kvdol/test-support'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameData } from '../src/same-data.ts'
import { yaml } from '../src/yaml/index.ts'

const SETTINGS = `# The settings of the server.
server:
  port: 80 # for everybody
  # Not for everybody.
  host: here

users: [ann, bob]
text: |
  two
  lines
`

async function open(text: string) {
  const texts = pipe(memory(), textValues())
  await texts.set('app.yaml', text)
  return {
    texts,
    at: (path: readonly string[]) => fields({ store: texts, key: 'app.yaml', values: yaml() }, path),
  }
}

describe('fields of a YAML text', () => {
  it('are changed in place, and comments and layout stay', async () => {
    const { texts, at } = await open(SETTINGS)
    await at(['server']).set('port', 8080)
    expect(await texts.get('app.yaml')).toBe(SETTINGS.replace('80 #', '8080 #'))
    await at([]).set('users', ['eve'])
    await at(['server']).set('tls', { cert: 'a.pem' })
    await at([]).delete('text')
    expect(await texts.get('app.yaml')).toBe(
      '# The settings of the server.\nserver:\n  port: 8080 # for everybody\n  # Not for everybody.\n  host: here\n  tls:\n    cert: a.pem\n\nusers:\n  - eve\n',
    )
    expect(await collect(at(['server']).keys())).toEqual(['port', 'host', 'tls'])
  })

  it('are changed in place also under codecs that follow', async () => {
    const bytes = memory()
    await pipe(bytes, textValues()).set('app.yaml', SETTINGS)
    const values = compose(yaml<Record<string, unknown>>(), text())
    await fields({ store: bytes, key: 'app.yaml', values }, ['server']).set('port', 8080)
    expect(await pipe(bytes, textValues()).get('app.yaml')).toBe(SETTINGS.replace('80 #', '8080 #'))
  })

  it('an empty text, or one of comments only, has none yet', async () => {
    const { texts, at } = await open('# nothing yet\n')
    expect(await at([]).size()).toBe(0)
    await at(['a', 'b']).set('c', 1)
    expect(await texts.get('app.yaml')).toContain('a:\n  b:\n    c: 1\n')
    expect(await texts.get('app.yaml')).toContain('# nothing yet')
  })

  it('what cannot be changed in place is written anew, and right', async () => {
    const { texts, at } = await open('base: &base\n  x: 1\ncopy: *base\n')
    await at(['copy']).set('x', 2)
    expect(yaml().decode((await texts.get('app.yaml')) as string, 'k')).toEqual({
      base: { x: 1 },
      copy: { x: 2 },
    })
    await texts.set('app.yaml', 'base: &base\n  x: 1\ncopy: *base\n')
    await at(['base']).set('x', 2)
    expect(yaml().decode((await texts.get('app.yaml')) as string, 'k')).toEqual({
      base: { x: 2 },
      copy: { x: 1 },
    })
  })

  it('what it cannot hold is refused, and the text stays', async () => {
    const { texts, at } = await open(SETTINGS)
    expect(await rejection(at([]).set('bad', 1n))).toMatchObject({ code: 'InvalidValue', key: 'bad' })
    expect(await rejection(at(['users']).set('x', 1))).toMatchObject({ code: 'Incompatible' })
    expect(await texts.get('app.yaml')).toBe(SETTINGS)
  })

  it('any edits give what setting them in an object gives', () => {
    const name = fc.constantFrom('a', 'b', '__proto__', '1', '~', 'x y', '<<')
    const edit = fc.record({
      path: fc.array(name, { minLength: 1, maxLength: 1 }),
      value: fc.option(fc.jsonValue(), { nil: undefined }),
    })
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.jsonValue(), { noNullPrototype: true }),
        fc.array(edit, { maxLength: 5 }),
        (start, edits) => {
          const codec = yaml()
          const wanted = new Map(Object.entries(start))
          for (const { path, value } of edits) {
            if (value === undefined) wanted.delete(path[0] as string)
            else wanted.set(path[0] as string, value)
          }
          const outer = Object.fromEntries(wanted)
          const text = codec.encode(start, 'k') as string
          const edited = codec.edit?.(text, edits as Edit[], outer, 'k') as string
          expect(sameData(codec.decode(edited, 'k'), outer)).toBe(true)
        },
      ),
      // A failure prints its seed.
      { numRuns: 300 },
    )
  })
})
