/** Tells on stderr what takes a while: once at its start, each second on a terminal, and at its end. */
export async function withProgress<T>(label: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now()
  const line = () => `${label} ... ${Math.round((Date.now() - started) / 1000)} s`
  const { isTTY } = process.stderr
  process.stderr.write(isTTY ? line() : `${label} ...\n`)
  const timer = isTTY ? setInterval(() => process.stderr.write(`\r${line()}`), 1000) : undefined
  try {
    return await work()
  } finally {
    clearInterval(timer)
    process.stderr.write(isTTY ? `\r${line()}\n` : `${line()}\n`)
  }
}
