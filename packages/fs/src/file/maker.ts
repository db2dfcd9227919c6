/** A process, as locks and temporary files name the one that made them. */
export interface Maker {
  /** Where the process runs: one boot of one machine, and one namespace of processes. */
  readonly place: string
  readonly process: number
  /** When it started, by the system's count; `'0'` where that is not known. */
  readonly started: string
}

/** The process that asks for locks, and what it can tell of others at the same place. */
export interface Holder extends Maker {
  /** Whether a process at the same place has certainly ended. */
  hasEnded(other: Maker): boolean
}

const FORM = /^([0-9a-f]{1,32})\.([0-9]{1,10})\.([0-9]{1,20})$/

export function printMaker({ place, process, started }: Maker): string {
  return `${place}.${process}.${started}`
}

export function parseMaker(text: string): Maker | undefined {
  const [, place, id, started] = FORM.exec(text) ?? []
  return place && id && started ? { place, process: Number(id), started } : undefined
}

/** Whether the maker is known to live or to have ended; `undefined` for one of another place. */
export function hasEnded(holder: Holder | undefined, maker: Maker): boolean | undefined {
  return holder?.place === maker.place ? holder.hasEnded(maker) : undefined
}
