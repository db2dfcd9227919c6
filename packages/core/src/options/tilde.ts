/** Refuses a path such as `~/notes`, which would be in a folder named `~`. Throws `TypeError`; the message begins with `by`. */
export function assertNoTilde(by: string, path: string): void {
  if (/^~(?:[/\\]|$)/.test(path))
    throw new TypeError(
      `${by}: only shells know ~; write path.join(os.homedir(), …), or './~' for a folder of that name`,
    )
}
