import { bytes, collect, rejection, text } from '@kvdol/test-support'
import { describe, expect, it } from 'vitest'
import type { ForeignFile } from '../src/index.ts'
import { apiArg } from '../src/service/api-arg.ts'
import { sharedServer } from './support/opened.ts'

const { server, service, open } = await sharedServer()
const file = (path: string, content: string) => service.files.put({ path }, Buffer.from(content))

describe('1: Dropbox does not tell cases apart', () => {
  it('encoded keys that differ in case are distinct, and listed in their own case', async () => {
    const { store } = open()
    for (const key of ['A', 'a', 'Ä/b', 'ä/B']) await store.set(key, bytes(key))
    for (const key of ['A', 'a', 'Ä/b', 'ä/B']) expect(text(await store.get(key))).toBe(key)
    expect(new Set(await collect(store.keys()))).toEqual(new Set(['A', 'a', 'Ä/b', 'ä/B']))
  })

  it('encoded keys are listed in their own case whatever case Dropbox shows', async () => {
    const { store, root } = open({ root: '/Mixed' })
    const keys = ['dir/Sub/a', 'dir/b', 'Ä/desktop.ini/c']
    for (const key of keys) await store.set(key, bytes(key))
    server.script = ({ route }, response, handle) => {
      if (route !== 'files/list_folder') return undefined
      const page = handle() as { entries: { path_display: string }[] }
      const shown = page.entries.map(each => ({ ...each, path_display: each.path_display.toUpperCase() }))
      response.end(JSON.stringify({ ...page, entries: shown }))
      return 'answered'
    }
    expect(new Set(await collect(store.keys()))).toEqual(new Set(keys))
    expect(await collect(store.keys({ prefix: 'dir/S' }))).toEqual(['dir/Sub/a'])
    server.script = undefined
    // What reading finds is listed, and what is listed can be read.
    file(`${root}/X=`, 'theirs')
    expect(text(await store.get('x'))).toBe('theirs')
    expect(await collect(store.keys({ prefix: 'x' }))).toEqual(['x'])
  })

  it('a plain key that differs in case from another is absent, and refused', async () => {
    const { store } = open({ keys: 'plain' })
    await store.set('Dir/A', bytes('upper'))
    expect(await store.get('Dir/a')).toBeUndefined()
    expect(await store.has('dir/A')).toBe(false)
    expect(await store.stat('dir/A')).toBeUndefined()
    for (const key of ['Dir/a', 'dir/A', 'dir/b', 'DIR/sub/c'])
      expect(await rejection(store.set(key, bytes('x')))).toMatchObject({
        code: 'InvalidKey',
        reason: 'case-clash',
      })
    await store.delete('Dir/a')
    expect(await collect(store.keys())).toEqual(['Dir/A'])
    expect(text(await store.get('Dir/A'))).toBe('upper')
  })

  it('of two writers of one name in two cases one is refused, and no value is lost', async () => {
    for (let round = 0; round < 10; round++) {
      const { store } = open({ keys: 'plain' })
      await store.set('other', bytes('x'))
      const settled = await Promise.allSettled([
        store.set('Name', bytes('Name')),
        store.set('name', bytes('name')),
      ])
      expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const [won = ''] = (await collect(store.keys())).filter(key => key !== 'other')
      expect(text(await store.get(won))).toBe(won)
    }
  })

  it('a value that came into a folder of another case, made meanwhile, is withdrawn', async () => {
    const { store, root } = open({ keys: 'plain' })
    await store.set('first', bytes('x'))
    const settled = await Promise.allSettled([store.set('Sub/a', bytes('1')), store.set('sub/b', bytes('2'))])
    const keys = await collect(store.keys())
    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(keys.filter(key => /^sub/i.test(key))).toHaveLength(
      settled.filter(({ status }) => status === 'fulfilled').length,
    )
    expect(service.files.at(root)?.kind).toBe('folder')
  })
})

describe('2: names that Dropbox refuses', () => {
  const odd = [
    '😀',
    'x'.repeat(300),
    'a ',
    'a.',
    'desktop.ini',
    '.DS_Store',
    '~$x',
    'a\u007f',
    'a\\b',
    'thumbs.db/x',
    'desktop.ini/thumbs.db/x',
    'thumbs.db/',
  ]

  it('are ordinary keys where they are encoded', async () => {
    const { store } = open()
    for (const key of odd) await store.set(key, bytes(key))
    for (const key of odd) expect(text(await store.get(key))).toBe(key)
    expect(new Set(await collect(store.keys()))).toEqual(new Set(odd))
    for (const path of service.files.entries.keys()) expect(path).toMatch(/^[\x20-\x7e]*$/)
  })

  it('are refused with a reason where they are plain, before anything is asked', async () => {
    const { store } = open({ keys: 'plain' })
    const reasons = {
      '😀': 'astral',
      [`${'x'.repeat(256)}`]: 'long-segment',
      'a ': 'trailing-space',
      'a.': 'trailing-dot',
      'x/desktop.ini': 'ignored-name',
      '.DS_Store': 'ignored-name',
      '~$x': 'ignored-name',
      'a\u007f': 'control',
      'a\\b': 'backslash',
      'e\u0301': 'not-normalised',
      'a/../b': 'dot-segment',
    }
    for (const [key, reason] of Object.entries(reasons))
      expect(await rejection(store.set(key, bytes('x')))).toMatchObject({ code: 'InvalidKey', reason })
    const longest = 'x'.repeat(255)
    for (const key of ['é', longest]) await store.set(key, bytes('x'))
    expect(await collect(store.keys())).toEqual(['é', longest])
  })

  it('a file that no key stands for is reported and left alone', async () => {
    const foreign: ForeignFile[] = []
    const { store, root } = open({ onForeign: each => foreign.push(each) })
    await store.set('a', bytes('x'))
    file(`${root}/Holiday.JPG`, 'photo')
    expect(await collect(store.keys())).toEqual(['a'])
    expect(foreign).toEqual([{ path: 'Holiday.JPG' }])
  })
})

describe('3: the header with the arguments', () => {
  it('is ASCII for all characters, and says the same', () => {
    const keys = ['漢字', '\u007f', 'é', '😀', '\u0080\u2028', '"\\']
    for (const path of keys) {
      const header = new Headers({ 'Dropbox-API-Arg': apiArg({ path }) }).get('dropbox-api-arg') ?? ''
      expect(header).toMatch(/^[\x20-\x7e]+$/)
      expect(JSON.parse(header)).toEqual({ path })
    }
  })

  it('carries plain keys of other scripts there and back', async () => {
    const { store } = open({ keys: 'plain' })
    await store.set('漢字/é', bytes('x'))
    expect(text(await store.get('漢字/é'))).toBe('x')
    expect(await collect(store.keys({ prefix: '漢' }))).toEqual(['漢字/é'])
  })
})

describe('10: a key that is a folder', () => {
  it('is deleted without what lies in it', async () => {
    const { store } = open({ keys: 'plain' })
    await store.set('a/b', bytes('x'))
    await store.delete('a')
    await store.deleteMany(['a', 'a/c'])
    expect(text(await store.get('a/b'))).toBe('x')
    expect(await store.get('a')).toBeUndefined()
    expect(await rejection(store.set('a', bytes('y')))).toMatchObject({ reason: 'prefix-of-other' })
    expect(await rejection(store.set('a/b/c', bytes('y')))).toMatchObject({ reason: 'prefix-of-other' })
  })

  it('lives beside what lies in it where keys are encoded', async () => {
    const { store } = open()
    await store.set('a/b', bytes('x'))
    await store.set('a', bytes('y'))
    await store.delete('a')
    expect(await collect(store.keys())).toEqual(['a/b'])
  })
})

describe('two formats', () => {
  it('are never mixed in one folder', async () => {
    const { store, root } = open()
    await store.set('A', bytes('x'))
    const plain = open({ root, keys: 'plain' }).store
    expect(await rejection(plain.get('A'))).toMatchObject({ code: 'Incompatible' })
    expect(await rejection(plain.set('A', bytes('x')))).toMatchObject({ code: 'Incompatible' })
    const other = open({ keys: 'plain' })
    await other.store.set('b', bytes('x'))
    expect(await rejection(open({ root: other.root }).store.set('b', bytes('x')))).toMatchObject({
      code: 'Incompatible',
    })
  })
})
