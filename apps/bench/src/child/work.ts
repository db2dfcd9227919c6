import { bucketWorks } from './bucket-work.ts'
import { fileWorks } from './file-work.ts'
import { sqliteWorks } from './sqlite-work.ts'

/** What a child process can be asked to do at a place: a folder, a file, or the address of a bucket. */
export const works = { ...fileWorks, ...sqliteWorks, ...bucketWorks } satisfies Record<
  string,
  (place: string) => Promise<number>
>

export type WorkName = keyof typeof works
