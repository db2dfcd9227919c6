// Answers every request with as many bytes as it is told, in a thread of its own.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { always } from './web-server.ts'

const server = createServer(always(Buffer.alloc(workerData as number, 7)))
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port))
