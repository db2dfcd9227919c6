import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selectFields } from '../src/adapter.ts'

const row = { team: 'red', name: 'ann', age: 41 }

describe('selectFields', () => {
  it('takes one name as the bare value', () => {
    const key = selectFields('name', 'InvalidKey')
    expect(key.names).toEqual(['name'])
    expect(key.select(row)).toBe('ann')
    expect(key.spread('bob')).toEqual({ name: 'bob' })
  })

  it('takes a list as a tuple, in the order of the list', () => {
    const key = selectFields(['name', 'team'], 'InvalidKey')
    expect(key.select(row)).toEqual(['ann', 'red'])
    expect(key.spread(['bob', 'blue'])).toEqual({ name: 'bob', team: 'blue' })
  })

  it('takes { record } as a record, which may lack fields when it is spread', () => {
    const value = selectFields({ record: ['age', 'team'] }, 'InvalidValue')
    expect(value.select(row)).toEqual({ age: 41, team: 'red' })
    expect(value.spread({ age: 1 })).toEqual({ age: 1 })
  })

  it.each([
    [['a', 'b'], ['x'], 'wanted is [a, b], not a value of type Array'],
    [['a', 'b'], 'xy', 'wanted is [a, b], not a value of type string'],
    [{ record: ['a'] }, null, 'wanted is a record of a, not null'],
    [{ record: ['a'] }, ['x'], 'wanted is a record of a, not a value of type Array'],
    [{ record: ['a'] }, { b: 1 }, 'there is no field "b"; there is a'],
    [{ record: ['a', 'c'] }, { b: 1 }, 'there is no field "b"; there is a, c'],
    [{ record: ['a', 'c'] }, 5, 'wanted is a record of a, c, not a value of type number'],
  ] as const)('%j refuses %j', (fields, selected, detail) => {
    const spread = () => selectFields(fields, 'InvalidValue').spread(selected as never)
    expect(spread).toThrow(expect.objectContaining({ code: 'InvalidValue', detail }))
  })

  it.each([
    [[], 'at least one field is named'],
    [{ record: [] }, 'at least one field is named'],
    [['a', 'a'], 'a field is named twice: a, a'],
    ['', 'the name of a field is a string'],
    [[1], 'the name of a field is a string'],
    [{ names: ['a'] }, 'fields are a name'],
    [null, 'fields are a name'],
  ])('fields %j are refused', (fields, message) => {
    expect(() => selectFields(fields as never, 'InvalidKey')).toThrow(message)
  })

  it('reads no inherited field and sets no prototype', () => {
    const fields = ['__proto__', 'constructor', 'toString'] as const
    const key = selectFields(fields, 'InvalidKey')
    expect(key.select({})).toEqual([undefined, undefined, undefined])
    const spread = key.spread([{ evil: true }, 1, 2] as never)
    expect(Object.getPrototypeOf(spread)).toBe(Object.prototype)
    expect(Object.keys(spread)).toEqual([...fields])
    expect(key.select(spread)).toEqual([{ evil: true }, 1, 2])
  })

  it('gives back what was spread', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.anything()), (fields, stream) => {
        const values = fields.map(() => stream.next().value)
        const tuple = selectFields<unknown, string[]>(fields, 'InvalidKey')
        expect(tuple.select(tuple.spread(values as never))).toEqual(values)
      }),
    )
  })
})
