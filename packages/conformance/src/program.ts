#!/usr/bin/env node
import { main } from './cli/main.ts'

// What a store leaves open does not keep the program.
process.exit(await main(process.argv.slice(2), process.stdout, process.stderr))
