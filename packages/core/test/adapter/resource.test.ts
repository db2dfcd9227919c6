import { describe, expect, it, vi } from 'vitest'
import { given, opened } from '../../src/adapter.ts'
import { deferred } from './deferred.ts'

describe('given', () => {
  it('gives the client at once, and leaves it open', async () => {
    const client = { end: vi.fn() }
    const resource = given(client)
    expect(resource.get()).toBe(client)
    resource.lost(client)
    expect(resource.get()).toBe(client)
    await resource.close()
    expect(client.end).not.toHaveBeenCalled()
    await expect(resource.get()).rejects.toMatchObject({ code: 'Closed' })
  })
})

describe('opened', () => {
  it('opens nothing before the first call', async () => {
    const open = vi.fn(() => 'client')
    const end = vi.fn()
    await opened(open, end).close()
    expect(open).not.toHaveBeenCalled()
    expect(end).not.toHaveBeenCalled()
  })

  it('gives what opens at once, at once', async () => {
    const end = vi.fn()
    const resource = opened(() => 'client', end)
    expect(resource.get()).toBe('client')
    await resource.close()
    expect(end).toHaveBeenCalledExactlyOnceWith('client')
  })

  it('opens once for all who wait, and gives it at once afterwards', async () => {
    const { promise, resolve } = deferred<object>()
    const opens = vi.fn(() => promise)
    const resource = opened(opens, vi.fn())
    const waiting = [resource.get(), resource.get(), resource.get()]
    const client = {}
    resolve(client)
    expect(await Promise.all(waiting)).toEqual([client, client, client])
    expect(opens).toHaveBeenCalledOnce()
    expect(resource.get()).toBe(client)
  })

  it('opens again when that failed, thrown or rejected', async () => {
    const open = vi
      .fn<() => Promise<string> | string>()
      .mockRejectedValueOnce(new Error('refused'))
      .mockImplementationOnce(() => {
        throw new Error('refused at once')
      })
      .mockReturnValue('client')
    const resource = opened(open, vi.fn())
    await expect(resource.get()).rejects.toThrow('refused')
    expect(() => resource.get()).toThrow('refused at once')
    expect(resource.get()).toBe('client')
  })

  it('opens another after one was lost, and ends that one; a late word of an old one changes nothing', async () => {
    let count = 0
    const end = vi.fn(() => Promise.reject(new Error('broken already')))
    const resource = opened(() => ({ number: ++count }), end)
    const first = resource.get() as { number: number }
    resource.lost(first)
    const second = resource.get()
    expect(second).toEqual({ number: 2 })
    resource.lost(first)
    expect(resource.get()).toBe(second)
    await vi.waitFor(() => expect(end).toHaveBeenCalledExactlyOnceWith(first))
  })

  it('ends once what is lost to several calls, and nothing before it is opened', async () => {
    const end = vi.fn()
    const resource = opened(() => 'client', end)
    resource.lost('client')
    expect(resource.get()).toBe('client')
    for (let call = 0; call < 3; call++) resource.lost('client')
    await resource.close()
    expect(end).toHaveBeenCalledExactlyOnceWith('client')
  })

  it('waits for an opening under way when it is closed, and ends its result', async () => {
    const { promise, resolve } = deferred<string>()
    const end = vi.fn()
    const resource = opened(() => promise, end)
    const waiting = resource.get()
    const closing = resource.close()
    expect(end).not.toHaveBeenCalled()
    resolve('client')
    await expect(waiting).rejects.toMatchObject({ code: 'Closed' })
    await closing
    expect(end).toHaveBeenCalledExactlyOnceWith('client')
  })

  it('closes though the opening under way fails', async () => {
    const resource = opened(() => Promise.reject(new Error('refused')), vi.fn())
    const waiting = resource.get()
    await resource.close()
    await expect(waiting).rejects.toThrow('refused')
  })

  it('ends once, rejects what ending rejects, and refuses any use afterwards', async () => {
    const end = vi.fn(() => Promise.reject(new Error('no')))
    const resource = opened(() => 'client', end)
    expect(resource.get()).toBe('client')
    await expect(resource.close()).rejects.toThrow('no')
    await expect(resource.close()).rejects.toThrow('no')
    expect(end).toHaveBeenCalledOnce()
    await expect(resource.get()).rejects.toMatchObject({ code: 'Closed' })
  })
})
