export type { StoreModule } from './child.ts'
export { type CrashOptions, crashRounds } from './crash-rounds.ts'
export { exitsByItself } from './exits.ts'
export { type RaceOptions, raceToCount, raceToCreate } from './race-processes.ts'
