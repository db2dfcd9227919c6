import fc from 'fast-check'

/** Strings of the kinds that break naive code, beside any other well-formed strings. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).filter(text => text.isWellFormed()),
  fc.string({
    unit: fc.constantFrom('a', '/', '_', '.', '-', '0', '1', ':', '{', '}', '\u{1f600}'),
    maxLength: 12,
  }),
  fc.constantFrom(
    ...[
      '',
      '.',
      '..',
      '/',
      '//',
      'a//b',
      '../../x',
      '\0',
      '\n',
      '\u001b[31m',
      '%2f',
      '%',
      '?',
      '*',
      '[a]',
      '$ne',
    ],
    ...[
      ' a',
      'a ',
      'a.',
      '__proto__',
      'constructor',
      'toString',
      'then',
      'length',
      'é',
      'e\u0301',
      '\u{1f600}',
      '\ufeff',
    ],
    ...[
      '\u202e',
      'ſ',
      'İ',
      'ß',
      'CON',
      'nul',
      '007',
      '-0',
      '1e3',
      'NaN',
      'true',
      "'; DROP TABLE x",
      '\uffff',
    ],
  ),
)

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
