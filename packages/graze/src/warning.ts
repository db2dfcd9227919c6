/** A hook that makes a warning of the process of what it is told. Of the URL the query is left out: it may be secret. */
export function inWarning(what: string): (reason: Error, url: string) => void {
  return (reason, url) => {
    const why = (reason as { code?: string }).code ?? reason.message
    process.emitWarning(`graze: ${what}: ${url.split('?', 1)[0]} (${why})`, 'KvdolWarning')
  }
}
