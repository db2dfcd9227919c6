// Does one piece of work in a process of its own and prints what it took, so that memory is its own too.
import { peakMemory } from './peak.ts'
import { type WorkName, works } from './work.ts'

const [name, place] = process.argv.slice(2) as [WorkName, string]

const before = process.memoryUsage.rss()
const started = process.hrtime.bigint()
const outcome = await works[name](place)
const nanoseconds = Number(process.hrtime.bigint() - started)
const growth = Math.max(0, peakMemory() - before)

console.log(JSON.stringify({ outcome, nanoseconds, growth }))
