const repeat = (text: string, times: number) => text.repeat(times)

/** Legal keys that storages mistake for each other or for something else, by family. */
export const oddKeyFamilies = {
  traversal: ['.', '..', '../x', '../../x', 'a/../b', 'a/../../x', 'x/..', '..\\x', '\\..\\x', 'C:\\x', 'C:x', '\\\\host\\x'],
  slashes: ['/', '//', '/a', 'a/', 'a//b', '/a/', '///', '\\', 'a\\b', 'a/ /b'],
  nesting: ['a', 'a/b', 'a0', 'a/b/c', 'ab', 'a-b', 'a.b'],
  dots: ['./x', 'x/.', 'a/./b', '...', '.hidden', 'trailing.', 'a/.hidden/b', '..a', 'a..'],
  control: ['\0', 'nul\0l', 'tab\t', 'line\nbreak', 'carriage\rreturn', '\u0001', '\u007f', '\u0080', '\u001b[31mred', '\b\f\v'],
  percent: ['%', '%41', '%2F', '%2f', '%2e%2e', '%00', '%zz', '%c3%28', '100%', '%25', 'a%20b', 'a+b'],
  reserved: ['#', '?', 'a?b=c', 'a#b', '&', '+', ':', 'a:b', '|', '<', '>', '"', "'", '`', ';', ',', '=', '@', '!', '^', '~'],
  patterns: ['*', 'a*', '?a', '[a]', '[', ']', '{a,b}', '{', '}', '(', ')', '$', '$where', '${x}', '$1', 'a.b.c', '_', 'a_b'],
  spaces: [' ', ' lead', 'trail ', 'in side', '  ', '\u00a0', '\u3000', 'a /b', 'a/ b'],
  builtIn: [
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON', 'length'],
    ...['__defineGetter__', 'isPrototypeOf', 'get', 'size'],
  ],
  unicode: [
    ...['é', 'e\u0301', 'Å', '\u212b', 'A\u030a', 'ﬁ', 'fi', '\uff41', '\uff0f', '\uff0e\uff0e', '日本', '\ufeffbom', '\ufffd', '\uffff'],
    ...['😀', '👨\u200d👩\u200d👧', '\u{10ffff}', '\u200b', 'a\u200bb', '\u202egnp', '\u2028', '\u00ad', 'İ', 'i̇', 'ı', 'I', 'ß', 'ss', 'ẞ'],
  ],
  case: ['Key', 'key', 'KEY', 'kEy', 'É', 'Straße', 'STRASSE', 'K', '\u212a', 'Dir/x', 'dir/x'],
  devices: ['con', 'CON', 'nul', 'aux', 'prn', 'com1', 'LPT1', 'con.txt', 'a/nul', 'nul.tar.gz'],
  internal: [
    ...['x.attrs', 'file#123', 'x.tmp', '.tmp-1', 'x.partial', '.lock', 'x.lock', '.DS_Store', 'Thumbs.db', '.kvdol', '.kvdol-1'],
    ...['x~', '.#x', 'x.meta', 'x.json=', 'x=', 'index.html', 'CURRENT', '.git/config', '.s3keep', '__MACOSX/x'],
  ],
  lengths: [
    ...[repeat('n', 255), repeat('m', 256), repeat('l', 1024), repeat('é', 128), repeat('é', 512), repeat('😀', 256)],
    ...[repeat('s/', 199).concat('s'), `${repeat('d', 200)}/${repeat('e', 200)}/${repeat('f', 200)}`, repeat('%', 100)],
  ],
  literals: ['0', '1', '-1', '01', '1e3', '0x10', '1.0', 'true', 'false', 'null', 'undefined', 'NaN', 'Infinity', '[object Object]'],
  injection: ["' OR 1=1 --", "'; DROP TABLE kv; --", 'a" OR ""="', '{"$ne":null}', '{"$gt":""}', '$(x)', '<script>', '../etc/passwd'],
} as const satisfies Record<string, readonly string[]>

/** All {@link oddKeyFamilies}, each key once. */
export const oddKeys: readonly string[] = [...new Set(Object.values(oddKeyFamilies).flat())]

/** Half surrogate pairs, which are no text: storages turn them all into the same replacement character. */
export const illFormedKeys: readonly string[] = ['\ud800', 's\ud800x', '\udc00', 'x\udbff', '\udc00\ud800']

/** Values that callers pass by mistake, or to inject something, where a key belongs. */
export const nonKeys: readonly unknown[] = [
  ...[undefined, null, 0, 1, Number.NaN, true, 10n, Symbol('key')],
  ...[{ $ne: null }, { $gt: '' }, ['a'], [], new String('a'), { toString: () => 'a' }, () => 'a', /a/, new Date(0)],
]
