import { bucketWorks } from './bucket-work.ts'
import { dropboxWorks } from './dropbox-work.ts'
import { fileWorks } from './file-work.ts'
import { sftpWorks } from './sftp-work.ts'
import { sqliteWorks } from './sqlite-work.ts'
import { webWorks } from './web-work.ts'

/** What a child process can be asked to do at a place: a folder, a file, or an address. */
export const works = {
  ...fileWorks,
  ...sqliteWorks,
  ...bucketWorks,
  ...sftpWorks,
  ...dropboxWorks,
  ...webWorks,
} satisfies Record<string, (place: string) => Promise<number>>

export type WorkName = keyof typeof works
