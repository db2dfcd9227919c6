import { jsonValues, pipe } from '@kvdol/core'
import { appendable, counter } from '@kvdol/core/layers'
import { files } from '../../src/index.ts'

/** Jobs that are counted, for processes of their own. */
export const jobs = (root: string) =>
  appendable(pipe(files(root), jsonValues<{ by: number; step: number }>()), counter({ digits: 6 }))
