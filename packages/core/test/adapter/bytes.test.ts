import { describe, expect, it } from 'vitest'
import { collectBytes, inBlocks, joinBytes, plainBytes } from '../../src/adapter.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('plainBytes', () => {
  it('gives what is plain already', () => {
    const plain = bytes(1, 2)
    expect(plainBytes(plain)).toBe(plain)
    expect(plainBytes(new Uint8Array()).byteLength).toBe(0)
  })

  it('takes the memory of a Buffer that has it for itself, without a copy', () => {
    const buffer = Buffer.alloc(10_000, 7)
    expect(buffer.byteLength).toBe(buffer.buffer.byteLength)
    const plain = plainBytes(buffer)
    expect(Object.getPrototypeOf(plain)).toBe(Uint8Array.prototype)
    expect(plain.buffer).toBe(buffer.buffer)
  })

  it.each([
    ['a Buffer of the pool', Buffer.from('abc')],
    ['a part of other memory', bytes(1, 97, 98, 99).subarray(1)],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(3)).fill(97)],
  ])('copies %s', (_, value) => {
    const plain = plainBytes(value)
    expect(Object.getPrototypeOf(plain)).toBe(Uint8Array.prototype)
    expect(plain.buffer).not.toBe(value.buffer)
    expect(plain.buffer.byteLength).toBe(3)
    expect([...plain]).toEqual([...value])
  })
})

describe('joinBytes', () => {
  it('joins all parts, measured or not', () => {
    expect(joinBytes([bytes(1), bytes(2, 3)])).toEqual(bytes(1, 2, 3))
    expect(joinBytes([bytes(1), bytes(2, 3)], 3)).toEqual(bytes(1, 2, 3))
    expect(joinBytes([])).toEqual(bytes())
  })
})

describe('collectBytes', () => {
  it.each([[[]], [[bytes(1)]], [[bytes(1), bytes(), bytes(2)]], [[Buffer.from([1]), Buffer.from([2])]]])(
    'gives %o over memory of its own',
    async chunks => {
      const whole = await collectBytes(chunks)
      expect([...whole]).toEqual(chunks.flatMap(chunk => [...chunk]))
      expect(Object.getPrototypeOf(whole)).toBe(Uint8Array.prototype)
      expect(whole.buffer.byteLength).toBe(whole.byteLength)
    },
  )

  it('ends a source that gives too much', async () => {
    let ended = false
    async function* source() {
      try {
        for (;;) yield bytes(1, 2)
      } finally {
        ended = true
      }
    }
    await expect(collectBytes(source(), 3)).rejects.toThrow('more than 3 bytes came')
    expect(ended).toBe(true)
    await expect(collectBytes([bytes(1, 2)], 1, () => new TypeError('mine'))).rejects.toThrow(TypeError)
    expect(await collectBytes([bytes(1, 2)], 2)).toEqual(bytes(1, 2))
  })
})

describe('inBlocks', () => {
  it('cuts and joins, each block over memory of its own', async () => {
    const blocks: Uint8Array[] = []
    for await (const block of inBlocks([bytes(1), bytes(2, 3, 4, 5), bytes(), bytes(6, 7)], 3))
      blocks.push(block)
    expect(blocks).toEqual([bytes(1, 2, 3), bytes(4, 5, 6), bytes(7)])
    expect(blocks.every(block => block.buffer.byteLength === block.byteLength)).toBe(true)
  })
})
