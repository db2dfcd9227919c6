import { createStore } from '@kvdol/core'
import { emptyPlace, honest } from './honest.ts'
import type { Saboteur } from './saboteur.ts'

const place = emptyPlace()
const store = createStore(honest(place))
const opening = (name: string, open: () => unknown): Saboteur => ({
  name,
  breaks: ['O1'],
  touches: [],
  subject: { name, open: open as never },
})

/** Subjects of which no case can prove anything. */
export const openingSaboteurs: readonly Saboteur[] = [
  opening('opens one store for all', () => store),
  opening('opens one place for all', () => createStore(honest(place))),
  opening('opens nothing', () => undefined),
  opening('opens a Map', () => new Map()),
  opening('opens what is closed', async () => {
    const closed = createStore(honest(emptyPlace()))
    await closed.close()
    return closed
  }),
]
