import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, describe, expect } from 'vitest'
import { definePreset, presets } from '../src/index.ts'
import { chosen, declareKit } from './support/conformance.ts'
import { ACCOUNT, startLoopback } from './support/loopback.ts'
import { subject } from './support/subject.ts'

// Names are kept as they come over the wire, and every signature is checked.
const loopback = await startLoopback()
const { objects } = loopback.service.bucket('bucket')
const removeAll = (prefix: string) => {
  for (const name of objects.keys()) if (name.startsWith(`${prefix}/`)) objects.delete(name)
}
const { endpoint } = loopback
const preset = definePreset({
  ...presets.aws,
  name: 'loopback',
  hosts: undefined,
  pathStyle: true,
  region: 'us-east-1',
})
const connection = { preset, endpoint, credentials: ACCOUNT }
const admin = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: ACCOUNT })

afterAll(async () => {
  admin.destroy()
  await loopback[Symbol.asyncDispose]()
  expect(loopback.unsigned.map(({ target }) => target)).toEqual([])
})

// What depends on names, their order, and conditions that the real servers do not keep.
const RAW = /^(?:K[5-9]|K1[0-5]|L[24]|W10|D2)$/

const name = 'plain keys on a server of raw names'
const tried = await subject({ name, bucket: 'bucket', connection, options: {}, admin, removeAll })
describe.each(chosen(tried))('$name', variant => declareKit(variant, RAW))
