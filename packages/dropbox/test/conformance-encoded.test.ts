import { afterAll, describe } from 'vitest'
import { startDropboxServer } from './support/dropbox-server/server.ts'
import { chosen, declareKit, subject } from './support/subject.ts'

const server = await startDropboxServer()
afterAll(() => server[Symbol.asyncDispose]())

describe.each(chosen(subject(server, 'encoded')))('$name', variant => declareKit(variant))
