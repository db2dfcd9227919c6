/** What the pieces of code begin with that the language service is asked about. */
export const PRELUDE = `
import { at, compose, composeKeys, copy, createStore, decodeValues, endsWith, field, filterKeys, first, fromMap, getOr, getOrInsert, gzip, invert, isStoreError, json, jsonValues, mapKeys, mappedKeys, mapValues, memory, oneOf, pipe, pipeline, prefix, readOnly, readRange, readStream, rename, schema, segments, suffix, take, template, text, textValues, tupleRecord, update, type Reader, type StandardSchema, type Store, type ValueCodec } from '../../src/index.ts'
import { dialect, cachedKeys } from '../../src/layers.ts'
interface User { name: string; age: number; nick?: string }
interface Animal { name: string }
interface Dog extends Animal { bark(): void }
declare const bytes: Uint8Array
declare const users: Store<string, User>
declare const dogs: Store<string, Dog>
declare const numbers: Store<string, number>
declare const hosts: Store<'hosts' | 'motd', number>
declare const byNumber: Store<number, string>
declare const either: Store<string, number> | Store<string, string>
declare const anything: any
declare const nothing: never
declare const withDate: StandardSchema<string, Date>
declare const userSchema: StandardSchema<{ name: string; age?: number }, { name: string; age: number }>
declare function adopt(store: Store<string, Animal>): void
`
