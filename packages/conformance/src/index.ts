export { Violation } from './assert.ts'
export { type Badge, badge } from './badge.ts'
export type { Case, CaseContext, Spent } from './case.ts'
export {
  type AnyClause,
  type CaseResult,
  type Certificate,
  type CertifyOptions,
  certify,
  type Verdict,
} from './certify.ts'
export { conformance } from './conformance.ts'
export { type Clause, contract } from './contract.ts'
export type { Evidence } from './evidence.ts'
export { explain } from './explain.ts'
export {
  type Call,
  type Effect,
  type Fault,
  type Faults,
  type Operation,
  randomFaults,
  scriptedFaults,
} from './faults/faults.ts'
export { driverFrom, faulty } from './faults/faulty.ts'
export type { HookName } from './hooks.ts'
export { type KeyCodecSubject, keyCodecLaws } from './laws/key-codec.ts'
export { type ValueCodecSubject, valueCodecLaws } from './laws/value-codec.ts'
export type { Level, LevelName } from './levels.ts'
export { type HistoryEvent, isLinearisable } from './model/linearisable.ts'
export { illFormedKeys, nonKeys, oddKeyFamilies, oddKeys } from './odd-keys.ts'
export type { Saboteur } from './saboteurs/saboteur.ts'
export { saboteurs } from './saboteurs/saboteurs.ts'
export type { ByteStore, Canaries, CoreCopy, Scale, Subject } from './subject.ts'
export { type DeclareTest, suite } from './suite.ts'
export { type Variant, variants } from './variants.ts'
