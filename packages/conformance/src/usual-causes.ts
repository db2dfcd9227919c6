import { isStoreError } from '@kvdol/core'
import { printError, Violation } from './assert.ts'
import { type Clause, contract } from './contract.ts'

/** What is usually behind a broken clause: where to look first. */
export const USUAL_CAUSES: Readonly<Record<Clause, string>> = {
  O1: 'the subject opens one store, or one place, for all cases; nothing is returned; a server or a token is missing',
  K1: 'the store was not made by createStore, which checks keys, or declares keyType "any"',
  K2: 'keys are encoded to UTF-8 before they are checked, which makes one character of all halves',
  K3: 'a test such as `if (key)`, or a path that ends at the folder itself',
  K4: 'a key goes into a query or a template string without a look at its type',
  K5: 'the backend folds case, trims, normalises or decodes names; encode them, or refuse and declare the reason',
  K6: 'names are listed as the backend has them, and not decoded back to keys',
  K7: 'the backend refuses or changes a name: check it first, and name the reason in guarantees.rejects',
  K8: 'keys become paths, and a file cannot be a folder too: encode them, or declare "prefix-of-other"',
  K9: 'a path is joined from a key that holds .. or an absolute path',
  K10: 'keys are properties of a plain object; use a Map, or Object.create(null)',
  K11: 'the medium folds case; try that when the store opens, and refuse the second key',
  K12: 'the medium normalises names; try that when the store opens, and refuse the second key',
  K13: 'temporary files, locks or marks have names that keys can have, or are listed',
  K14: 'the backend has a shorter limit for names or parts of names: encode, or declare maxKeyBytes',
  K15: 'the prefix goes into a pattern (LIKE, glob, regular expression) without escaping, or is cut at a slash',
  V1: 'a test such as `if (value)` or `if (length)` takes no bytes for no value',
  V2: 'bytes go through text, or through an encoding that pads',
  V3: 'a value in parts is put together wrongly at the border of two parts',
  V4: 'the bytes given are kept or sent later without a copy; `copies` is declared and not kept',
  V5: 'what is kept in memory is given out without a copy',
  V6: 'the whole buffer behind a view is stored: mind byteOffset and byteLength',
  V7: 'the store was not made by createStore, which checks values',
  V8: 'maxValueBytes is not what the backend takes, or a part is written before it is refused',
  R1: 'an error, a refusal or a damaged value is taken for a missing one; only the backend’s "no such key" is undefined',
  R2: 'has looks elsewhere than get (an index, a cache), or gives false after an error',
  R3: 'the size is that of the stored form, or the etag comes from a clock with coarse ticks',
  R4: 'the end of a range counts as inclusive, or the backend gives the whole value for an illegal one',
  R5: 'the driver’s readStream and its get read different things, or a chunk is cut at the wrong place',
  R6: 'a short answer is not compared with the length that was announced',
  R7: 'a write resolves before it can be seen, or listings come from a copy that lags: declare "eventual"',
  R8: 'the value and its stat come from two requests, and a write fits between',
  W1: 'a shorter value is written over a longer one in place',
  W2: 'the value is written in place; write it aside and put it in place in one step, or declare atomicOverwrite false',
  W3: 'an error after the value was sent says "not-applied", or the old value is removed before the new one is there',
  W7: 'two writers share a temporary name, or write in place',
  W8: 'the whole collection is read, changed and written for one key, without a lock or a condition',
  W9: 'ifAbsent looks first and writes then: use the backend’s exclusive create',
  W10: 'the etag is compared first and the value written then: use the backend’s condition, or a lock around both',
  W12: 'an option is ignored; take only what the driver declares in writeOptions and conditions',
  W13: 'batchAtomic is declared over single writes, or the failures of a batch are given under other keys',
  W14: 'the value and its metadata are written by two calls',
  W16: 'contentType is taken and not stored, or stored and not told by stat',
  W17: 'the backend removes ended values some time later: look at the end on every path, also in listings and conditions',
  D1: 'the backend’s "no such key" is thrown on from delete',
  D2: 'the key is used as a prefix or a pattern, or the folder of its name is removed with it',
  D3: 'a cache or an index still knows the key, or metadata stays behind',
  D4: 'clear removes more than the listing shows, or sharedRoot is not declared',
  D5: 'a method of the driver is called past the store, or a layer hands on a write',
  D6: 'remove looks first and deletes then, so that two of them find the value',
  L1: 'the border between two pages: the last key of one is left out, or comes again as the first of the next',
  L2: 'JavaScript’s own sort or the database’s collation; compare the bytes, or declare no order',
  L3: 'positions are counted while keys come and go; go on behind the last key instead',
  L4: 'the listing goes on behind a key that it looks up, and which is gone',
  L5: 'a cursor or a handle is closed only at the end: close it in `finally`',
  L6: 'all pages are fetched before the first key is given',
  L7: 'an error in the middle ends the loop; throw it on',
  L8: 'size is kept in a counter, or counts what the listing leaves out',
  L9: 'an entry of another kind (a link, a folder, another type) is decoded as a key, or its error thrown on',
  L10: 'a key without a value is given as undefined instead of being left out',
  L11: 'from, before and reverse are applied to a page and not to the listing, or order is declared without keeping them',
  L12: 'a group is given once for each page, or cut at the first slash of the key instead of behind the prefix',
  C1: 'close is not idempotent, or a call under way still uses what was closed',
  C3: 'the signal is looked at before the call alone; pass it on, or use `call` of the adapters’ floor',
  C5: 'the store was not made by createStore, or its driver has no errorOf for this error',
  C9: 'a method throws before its first await, or a promise is left without a handler',
  C10: 'guarantees depend on time or state, or promise more than the driver does; declare the least that is certain',
  S1: 'the value is written under its own name while it comes',
  S3: 'a chunk is kept without a copy, or parts of a fixed size are cut wrongly',
  S4: 'a stream is opened by name for each part; keep one handle, or compare the etag of every part',
  S5: 'the driver commits when the source ends without looking at the size that was declared',
  T4: 'decode takes inner keys that encode never makes',
  T6: 'a value codec depends on the key of another layer than its own',
  T7: 'a prefix is compared without its end, so that "a" also means "ab"',
  T8: 'the filter is asked on reading and listing, and not on writing',
  T12: 'a layer wraps errors again, or does not name the store below in `over`',
  M1: 'an answer that is right by itself does not fit what happened before; the seed repeats the run',
  M2: 'a read gives a value that was replaced before it began, or a write counts before it is there',
  N1: 'rename deletes what it has read without a condition, or removes the old name before the new one is there',
  N2: 'a fast path leaves out what the derived way does: options, order, private copies, absent keys',
  N3: 'reads come from a replica or a cache: declare "session" or "eventual", with a deadline that holds',
  N4: 'some methods look at the type of an entry and some do not; let one function decide for all of them',
  N5: 'the backend lists a key twice while it changes, or names that are no keys: report them by onIllegalKey',
  N6: 'Buffers come from Node’s pool, or a window of a larger answer is given out: use plainBytes',
  N7: 'keys that are not strings are compared by identity: use the view’s identity, or identityOf of the driver',
  N8: 'an option or a key is looked at after something was sent, or before the closed state',
  N9: 'what a user’s function throws is caught as an error of the backend, or taken for absence',
  N10: 'a function that waits synchronously (…Sync, a busy timeout), or work on a long value in one go',
  N11: 'a test by instanceof, which knows one copy of core only: use isStoreError',
  N12: 'a lock names no holder, or has no lease that ends by itself',
  N13: 'watching begins after `watch` has resolved, or a lost connection is not told as a gap',
  N14: 'a codec lies between, so that what is at the path is another value: refuse it',
  Q1: 'encode loses something that decode cannot bring back',
  Q2: 'two keys are joined by a character that they may hold themselves',
  Q3: 'decode does not encode again and compare',
  Q4: 'the prefix is encoded as if it were a whole key',
  Q5: 'numbers or dates are written without a fixed width, or as text in another order',
  Q6: 'encode drops something: undefined, dates, -0, typed arrays',
  Q7: 'what cannot be held is encoded as something else, or damaged bytes decode to a value',
  Q8: 'a character or a frame is cut at the border of two chunks',
}

/** Where a clause stands in full. */
export function linkOf(clause: Clause): string {
  return `docs/contract.md#${clause.toLowerCase()}`
}

/** What a case rejects with: what was thrown, with the clause, what is usually behind it and where it is explained. */
export function explained(clause: Clause, thrown: unknown): Violation {
  const broken =
    thrown instanceof Violation
      ? thrown
      : new Violation(contract[clause], `${callOf(thrown)}${printError(thrown)}`, keyOf(thrown), thrown)
  broken.message += `\n  often: ${broken.often ?? USUAL_CAUSES[clause]}\n  see:   ${linkOf(clause)}, or explain('${clause}')`
  return broken
}

/** Which call has rejected, where the error says it. */
function callOf(thrown: unknown): string {
  return isStoreError(thrown) && thrown.op !== undefined ? `${thrown.op} rejects ` : ''
}

function keyOf(thrown: unknown): unknown {
  return isStoreError(thrown) ? thrown.key : undefined
}
