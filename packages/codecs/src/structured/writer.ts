import { typeName } from '@kvdol/core/adapter'
import { invalidValue } from '../failure.ts'
import { isPlain } from '../is-plain.ts'
import { BufferTable } from './buffers.ts'
import { ByteWriter } from './byte-writer.ts'
import { ERRORS, MAX_DEPTH, Tag, VERSION, VIEWS } from './format.ts'

/** Up to here a doubled integer is exact. */
const LARGEST_INTEGER = 2 ** 52

/** Writes one value in the format of `structured`. */
export class StructuredWriter {
  readonly #out = new ByteWriter()
  readonly #buffers = new BufferTable()
  readonly #numbers = new Map<object, number>()
  #depth = 0

  writeAll(value: unknown): Uint8Array {
    this.#value(value)
    const whole = new ByteWriter()
    whole.byte(VERSION)
    this.#buffers.writeTo(whole)
    whole.bytes(this.#out.done())
    return whole.done()
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.#out.byte(Tag.string)
        this.#out.text(value)
        break
      case 'number':
        this.#number(value)
        break
      case 'boolean':
        this.#out.byte(value ? Tag.true : Tag.false)
        break
      case 'undefined':
        this.#out.byte(Tag.undefined)
        break
      case 'bigint':
        this.#out.byte(Tag.bigint)
        this.#out.text(value.toString(16))
        break
      case 'object':
        if (value === null) this.#out.byte(Tag.null)
        else this.#object(value)
        break
      default:
        throw refusal(value)
    }
  }

  #number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < LARGEST_INTEGER && !Object.is(value, -0)) {
      this.#out.byte(Tag.integer)
      this.#out.count(value < 0 ? -value * 2 - 1 : value * 2)
    } else {
      this.#out.byte(Tag.float)
      this.#out.float(value)
    }
  }

  #object(value: object): void {
    const number = this.#numbers.get(value)
    if (number !== undefined) {
      this.#out.byte(Tag.reference)
      this.#out.count(number)
      return
    }
    if (++this.#depth > MAX_DEPTH) throw invalidValue(`objects are nested more than ${MAX_DEPTH} deep`)
    this.#numbers.set(value, this.#numbers.size)
    if (Array.isArray(value)) this.#array(value)
    else if (ArrayBuffer.isView(value)) this.#view(value)
    else this.#otherObject(value)
    this.#depth--
  }

  /** Goes by what an object says it is; the methods called then fail on an impostor. */
  #otherObject(value: object): void {
    switch (nameOf(value)) {
      case 'Object':
        if (!isPlain(value)) throw refusal(value)
        this.#out.byte(Tag.object)
        this.#properties(value)
        break
      case 'Map':
        this.#map(value as Map<unknown, unknown>)
        break
      case 'Set':
        this.#set(value as Set<unknown>)
        break
      case 'Date':
        this.#out.byte(Tag.date)
        this.#out.float(Date.prototype.getTime.call(value))
        break
      case 'RegExp':
        this.#regexp(value as RegExp)
        break
      case 'Error':
        this.#error(value as Error)
        break
      case 'ArrayBuffer':
        this.#buffer(value as ArrayBuffer)
        break
      case 'Number':
        this.#boxed(Number.prototype.valueOf.call(value))
        break
      case 'String':
        this.#boxed(String.prototype.valueOf.call(value))
        break
      case 'Boolean':
        this.#boxed(Boolean.prototype.valueOf.call(value))
        break
      case 'BigInt':
        this.#boxed(BigInt.prototype.valueOf.call(value))
        break
      default:
        throw refusal(value)
    }
  }

  #boxed(primitive: unknown): void {
    this.#out.byte(Tag.boxed)
    this.#value(primitive)
  }

  #array(array: readonly unknown[]): void {
    if (isDense(array)) {
      this.#out.byte(Tag.array)
      this.#out.count(array.length)
      for (const element of array) this.#value(element)
    } else {
      this.#out.byte(Tag.sparseArray)
      this.#out.count(array.length)
      this.#properties(array)
    }
  }

  #properties(value: object): void {
    const names = Object.keys(value)
    this.#out.count(names.length)
    for (const name of names) {
      this.#out.text(name)
      this.#value((value as Record<string, unknown>)[name])
    }
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    const entries = [...Map.prototype.entries.call(map)]
    this.#out.byte(Tag.map)
    this.#out.count(entries.length)
    for (const [key, value] of entries) {
      this.#value(key)
      this.#value(value)
    }
  }

  #set(set: ReadonlySet<unknown>): void {
    const values = [...Set.prototype.values.call(set)]
    this.#out.byte(Tag.set)
    this.#out.count(values.length)
    for (const value of values) this.#value(value)
  }

  #regexp(expression: RegExp): void {
    this.#out.byte(Tag.regexp)
    this.#out.text(expression.source)
    this.#out.text(expression.flags)
  }

  #error(error: Error): void {
    const known = ERRORS.some(({ name }) => name === error.name)
    const message = Object.getOwnPropertyDescriptor(error, 'message')?.value
    this.#out.byte(Tag.error)
    this.#out.text(known ? error.name : 'Error')
    this.#value(message === undefined ? undefined : String(message))
    this.#out.byte(Object.hasOwn(error, 'cause') ? 1 : 0)
    if (Object.hasOwn(error, 'cause')) this.#value(error.cause)
  }

  #buffer(buffer: ArrayBuffer): void {
    this.#out.byte(Tag.buffer)
    this.#out.count(this.#buffers.add(buffer, 0, buffer.byteLength))
  }

  #view(view: ArrayBufferView): void {
    const kind = VIEWS.findIndex(({ name }) => name === nameOf(view))
    if (kind < 0) throw refusal(view)
    this.#out.byte(Tag.view)
    this.#out.byte(kind)
    this.#out.count(this.#buffers.add(view.buffer, view.byteOffset, view.byteLength))
    this.#out.count(view.byteOffset)
    this.#out.count('length' in view ? (view.length as number) : view.byteLength)
  }
}

/** `Map`, `Uint8Array`, …; also for a subclass, such as Node's Buffer, and for an object of another realm. */
function nameOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

function refusal(value: unknown) {
  return invalidValue(`${typeName(value)} cannot be stored; make it plain data first`)
}

/** No holes and no other properties: names come with indexes first, so the last one tells. */
function isDense(array: readonly unknown[]): boolean {
  const names = Object.keys(array)
  return names.length === array.length && (names.length === 0 || names.at(-1) === String(array.length - 1))
}
