/** What encoding and then decoding gives, for codecs that answer at once. */
export function roundTrip<Outer, Inner>(
  codec: {
    encode(outer: Outer, key: string): Inner | Promise<Inner>
    decode(inner: Inner, key: string): Outer | Promise<Outer>
  },
  value: Outer,
): Outer {
  return codec.decode(codec.encode(value, 'k') as Inner, 'k') as Outer
}
