import { corrupt } from '../failure.ts'
import { readBuffers, type StoredBuffer } from './buffers.ts'
import { ByteReader } from './byte-reader.ts'
import { ERRORS, MAX_DEPTH, Tag, VERSION, VIEWS } from './format.ts'

/** Reads one value in the format of `structured`, from bytes that may be anything. */
export class StructuredReader {
  readonly #in: ByteReader
  readonly #objects: object[] = []
  #buffers: readonly StoredBuffer[] = []
  #depth = 0

  constructor(bytes: Uint8Array) {
    this.#in = new ByteReader(bytes)
  }

  readAll(): unknown {
    const version = this.#in.byte()
    if (version !== VERSION) throw corrupt(`the stored bytes are not of version ${VERSION} of structured()`)
    this.#buffers = readBuffers(this.#in)
    const value = this.#value()
    if (this.#in.left > 0) throw corrupt('more bytes follow the stored value')
    return value
  }

  #value(): unknown {
    const tag = this.#in.byte()
    switch (tag) {
      case Tag.undefined:
        return undefined
      case Tag.null:
        return null
      case Tag.false:
        return false
      case Tag.true:
        return true
      case Tag.integer:
        return this.#integer()
      case Tag.float:
        return this.#in.float()
      case Tag.bigint:
        return this.#bigint()
      case Tag.string:
        return this.#in.text()
      case Tag.reference:
        return this.#reference()
    }
    if (++this.#depth > MAX_DEPTH) throw corrupt(`objects are nested more than ${MAX_DEPTH} deep`)
    const object = this.#object(tag)
    this.#depth--
    return object
  }

  #integer(): number {
    const doubled = this.#in.count()
    return doubled % 2 === 0 ? doubled / 2 : -(doubled + 1) / 2
  }

  #bigint(): bigint {
    const [, minus, digits] = /^(-?)([0-9a-f]+)$/.exec(this.#in.text()) ?? []
    if (digits === undefined) throw corrupt('the stored bytes hold a bigint that is none')
    return minus === '-' ? -BigInt(`0x${digits}`) : BigInt(`0x${digits}`)
  }

  #reference(): object {
    const object = this.#objects[this.#in.count()]
    if (object === undefined) throw corrupt('the stored bytes refer to an object that is not there')
    return object
  }

  #object(tag: number): object {
    switch (tag) {
      case Tag.array:
        return this.#array()
      case Tag.sparseArray:
        return this.#sparseArray()
      case Tag.object:
        return this.#record()
      case Tag.map:
        return this.#map()
      case Tag.set:
        return this.#set()
      case Tag.date:
        return this.#begin(new Date(this.#in.float()))
      case Tag.regexp:
        return this.#begin(new RegExp(this.#in.text(), this.#in.text()))
      case Tag.boxed:
        return this.#boxed()
      case Tag.error:
        return this.#error()
      case Tag.buffer:
        return this.#begin(this.#buffer().buffer)
      case Tag.view:
        return this.#begin(this.#view())
    }
    throw corrupt(`the stored bytes hold an unknown tag, ${tag}`)
  }

  /** Gives the object its number, so that what is inside can refer to it. */
  #begin<T extends object>(object: T): T {
    this.#objects.push(object)
    return object
  }

  #array(): unknown[] {
    const array: unknown[] = this.#begin([])
    for (let left = this.#in.countOf(1); left > 0; left--) array.push(this.#value())
    return array
  }

  #sparseArray(): unknown[] {
    const array: unknown[] = this.#begin([])
    // A RangeError for what is no length; holes take no memory.
    array.length = this.#in.count()
    for (let left = this.#in.countOf(2); left > 0; left--) {
      const name = this.#in.text()
      if (name === 'length') throw corrupt('the stored bytes hold a property that an array cannot have')
      setProperty(array, name, this.#value())
    }
    return array
  }

  #record(): object {
    const record = this.#begin({})
    for (let left = this.#in.countOf(2); left > 0; left--) setProperty(record, this.#in.text(), this.#value())
    return record
  }

  #map(): Map<unknown, unknown> {
    const map = this.#begin(new Map<unknown, unknown>())
    for (let left = this.#in.countOf(2); left > 0; left--) map.set(this.#value(), this.#value())
    return map
  }

  #set(): Set<unknown> {
    const set = this.#begin(new Set<unknown>())
    for (let left = this.#in.countOf(1); left > 0; left--) set.add(this.#value())
    return set
  }

  #boxed(): object {
    const place = this.#objects.push({}) - 1
    const primitive = this.#value()
    if (primitive === null || primitive === undefined || typeof primitive === 'object')
      throw corrupt('the stored bytes hold a boxed value that is none')
    const boxed: object = Object(primitive)
    this.#objects[place] = boxed
    return boxed
  }

  #error(): Error {
    const name = this.#in.text()
    const error = this.#begin(new (ERRORS.find(known => known.name === name) ?? Error)())
    const message = this.#value()
    if (message !== undefined) define(error, 'message', String(message))
    if (this.#in.byte() !== 0) define(error, 'cause', this.#value())
    // The stack made here is that of this reader.
    define(error, 'stack', String(error))
    return error
  }

  #buffer(): StoredBuffer {
    const buffer = this.#buffers[this.#in.count()]
    if (buffer === undefined) throw corrupt('the stored bytes refer to a buffer that is not there')
    return buffer
  }

  #view(): ArrayBufferView {
    const View = VIEWS[this.#in.byte()]
    if (View === undefined) throw corrupt('the stored bytes hold an unknown kind of view')
    const { start, buffer } = this.#buffer()
    // A RangeError for a view that reaches outside.
    return new View(buffer, this.#in.count() - start, this.#in.count())
  }
}

/** Sets an own property, also one named `__proto__`. */
function setProperty(object: object, name: string, value: unknown): void {
  if (name !== '__proto__') (object as Record<string, unknown>)[name] = value
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}

/** As errors have it: not enumerable. */
function define(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, enumerable: false, configurable: true })
}
