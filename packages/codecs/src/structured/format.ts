/** First byte of every value, so that the format can change. */
export const VERSION = 1

/** Deepest nesting; both sides recurse. */
export const MAX_DEPTH = 1000

/**
 * What follows a tag byte. `n` is an unsigned integer in groups of seven bits, least first; `text` is `n`, twice the
 * length in bytes plus 1 if they are UTF-16LE rather than UTF-8; `value` begins with a tag. Objects are numbered from
 * 0 in the order in which they begin.
 */
export const Tag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** n: the integer doubled, or for a negative one, doubled without sign less 1 */
  integer: 4,
  /** 8 bytes, little-endian */
  float: 5,
  /** text: hexadecimal, after a minus sign if negative */
  bigint: 6,
  /** text */
  string: 7,
  /** n: the number of an object that has begun before */
  reference: 8,
  /** n, then as many values; all elements, no other properties */
  array: 9,
  /** n: length; n, then as many pairs of text and value */
  sparseArray: 10,
  /** n, then as many pairs of text and value */
  object: 11,
  /** n, then as many pairs of values */
  map: 12,
  /** n, then as many values */
  set: 13,
  /** 8 bytes, little-endian: milliseconds */
  date: 14,
  /** text: source; text: flags */
  regexp: 15,
  /** value: a primitive */
  boxed: 16,
  /** text: name; value: message or undefined; 1 and the cause, or 0 */
  error: 17,
  /** n: place in the table of buffers */
  buffer: 18,
  /** byte: kind; n: place in the table of buffers; n: byte offset; n: length in elements */
  view: 19,
} as const

type ViewClass = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView

/** Kinds of views, by number. */
export const VIEWS: readonly ViewClass[] = [
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]

export const ERRORS = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
] as const
