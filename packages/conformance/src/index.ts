export { Violation } from './assert.ts'
export type { Case, CaseContext } from './case.ts'
export { type Certificate, certify, type Verdict } from './certify.ts'
export { conformance } from './conformance.ts'
export { type Clause, contract } from './contract.ts'
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
export { type KeyCodecSubject, keyCodecLaws } from './laws/key-codec.ts'
export { type ValueCodecSubject, valueCodecLaws } from './laws/value-codec.ts'
export { type HistoryEvent, isLinearisable } from './model/linearisable.ts'
export { illFormedKeys, nonKeys, oddKeyFamilies, oddKeys } from './odd-keys.ts'
export type { Saboteur } from './saboteurs/saboteur.ts'
export { saboteurs } from './saboteurs/saboteurs.ts'
export type { ByteStore, Canaries, CoreCopy, Scale, Subject } from './subject.ts'
export { type Variant, variants } from './variants.ts'
