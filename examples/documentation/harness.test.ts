import { describe, expect, it } from 'vitest'
import { readExamples } from './document.ts'
import { toProgram } from './program.ts'
import { run } from './run.ts'
import { reaching } from './surroundings.ts'
import { typecheck } from './typecheck.ts'

/** A document: a heading, and fenced blocks. */
const page = (...blocks: string[]) =>
  `# Page\n\n${blocks.map(block => `\`\`\`${block}\n\`\`\`\n\nWords.\n\n`).join('')}`

const check = (markdown: string) => typecheck(new Map([['page.md', toProgram(markdown)]]))

describe('examples of a document', () => {
  it('are one program, and each block has its own output', async () => {
    const markdown = page(
      "ts\nimport { memory } from '@kvdol/core'\nconst store = memory()",
      "ts\nimport { first, memory } from '@kvdol/core'\nawait memory().close()\nconsole.log(await first(store))",
      'text\nundefined',
    )
    expect(readExamples(markdown).map(({ expected }) => expected)).toEqual([undefined, 'undefined\n'])
    expect([...(await run(toProgram(markdown)))]).toEqual([
      [3, ''],
      [10, 'undefined\n'],
    ])
    expect(check(markdown)).toEqual([])
  })

  it('fail with the line of the document', async () => {
    const markdown = page('ts\nconst one = 1', "ts\nthrow new Error('broken' + one)")
    await expect(run(toProgram(markdown))).rejects.toThrow(/document\.ts:10/)
  })

  it('are typechecked, also where they are not run', () => {
    expect(check(page('ts\nconst one = 1', 'ts no-run="an example"\nconst text: string = one'))).toEqual([
      "page.md/document.ts:10: Type 'number' is not assignable to type 'string'.",
    ])
  })

  it('may be files, of which the tests are run', async () => {
    const store = "ts file=store.ts\nimport { memory } from '@kvdol/core'\nexport const open = () => memory()"
    const test = (size: number) => `ts file=store.test.ts
import { equal } from 'node:assert/strict'
import { it } from 'node:test'
import { open } from './store.ts'
it('is empty', async () => equal(await open().size(), ${size}))`
    expect(check(page(store, test(0)))).toEqual([])
    await run(toProgram(page(store, test(0))))
    await expect(run(toProgram(page(store, test(1))))).rejects.toThrow('store.test.ts failed')
  })

  it('have no word after ts that means nothing', () => {
    expect(() => readExamples(page('ts norun\n1'))).toThrow('line 3: after ts comes')
    expect(() => readExamples(page('ts service="oracle"\n1'))).toThrow('line 3: after ts comes')
  })

  it('reach the service that they name by the address on the page', async () => {
    const markdown = page('ts service="mongo"\nconsole.log("mongodb://localhost/app")')
    expect(readExamples(markdown).map(({ service }) => service)).toEqual(['mongo'])
    const here = reaching(new Map([['mongo', 'mongodb://127.0.0.1:1234/']]))
    const outputs = await run(toProgram(markdown), here)
    expect([...outputs.values()]).toEqual(['mongodb://127.0.0.1:1234/app\n'])
  })

  it('have the variables by which a service is reached', async () => {
    const here = reaching(new Map([['minio', 'http://ann:secret@127.0.0.1:1234']]))
    const outputs = await run(
      toProgram(page('ts service="minio"\nconsole.log(process.env.AWS_ENDPOINT_URL_S3)')),
      here,
    )
    expect([...outputs.values()]).toEqual(['http://127.0.0.1:1234\n'])
  })
})
