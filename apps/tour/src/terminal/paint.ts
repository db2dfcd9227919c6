import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

export interface Paint {
  readonly title: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly keyword: (text: string) => string
  readonly literal: (text: string) => string
  readonly colors: boolean
}

/** Colours for a terminal, or none: not for files and pipes, and not where `NO_COLOR` is set. */
export function paintFor({ isTTY }: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  const colors = isTTY === true && !environment.NO_COLOR
  const style = (format: Format) => (text: string) =>
    colors && text !== '' ? styleText(format, text, { validateStream: false }) : text
  return {
    colors,
    title: style('bold'),
    faint: style('dim'),
    good: style('green'),
    bad: style('red'),
    keyword: style('magenta'),
    literal: style('green'),
  }
}
