import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memory } from '@kvdol/core'
import { graze } from '@kvdol/graze'
import { collect, text } from '@kvdol/test-support'
import { expect, it, onTestFinished } from 'vitest'
import { emojis } from './emojis.ts'

/** A server with a list of images and the images, and what it was asked for. */
async function emojisOnTheWeb() {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const image = (name: string) => `http://127.0.0.1:${port()}/${name}.png?v8`
    if (url === '/emojis') response.end(JSON.stringify({ '+1': image('1f44d'), heart: image('2764') }))
    else response.end(`image of ${url}`)
  })
  const port = () => (server.address() as AddressInfo).port
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { list: `http://127.0.0.1:${port()}/emojis`, asked }
}

it('lists all emojis, and downloads those that are wanted, once', async () => {
  const { list, asked } = await emojisOnTheWeb()
  await using web = graze({ cache: memory() })
  const images = await emojis(web, list)
  expect(await collect(images.keys())).toEqual(['+1', 'heart'])
  expect(await images.has('heart')).toBe(true)
  expect(asked).toEqual(['/emojis'])
  expect(text(await images.getOrThrow('heart'))).toBe('image of /2764.png?v8')
  await images.get('heart')
  expect(await images.get('unicorn')).toBeUndefined()
  expect(asked).toEqual(['/emojis', '/2764.png?v8'])
})
