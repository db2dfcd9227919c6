import { afterAll, onTestFinished, TestRunner } from 'vitest'

const releases: (() => unknown)[] = []

// In reverse, as what was made later may stand on what was made before.
afterAll(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

/**
 * Releases something when the running test ends, also when it fails. Outside of tests (in hooks, beside them) and in
 * concurrent ones, of which the runner does not know which one is asking, that is when the file ends.
 */
export function afterTest(release: () => unknown): void {
  const test = TestRunner.getCurrentTest()
  if (test === undefined || test.concurrent) releases.push(release)
  else onTestFinished(async () => void (await release()))
}

/** The same store, client or server, closed when the test ends; closing it twice must be fine. */
export function closedAfterTest<T extends { close(): unknown }>(resource: T): T {
  afterTest(() => resource.close())
  return resource
}
