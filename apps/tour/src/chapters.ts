import { database } from './chapters/database.ts'
import { decode } from './chapters/decode.ts'
import { filter } from './chapters/filter.ts'
import { listAndRead } from './chapters/list-and-read.ts'
import { mistakes } from './chapters/mistakes.ts'
import { pages } from './chapters/pages.ts'
import { sameReport } from './chapters/same-report.ts'
import { tupleKeys } from './chapters/tuple-keys.ts'
import type { Chapter } from './stage.ts'

/** The tour, in order. */
export const chapters: readonly Chapter[] = [
  {
    title: 'List and read',
    text: 'A store is an async Map. Here its keys are paths and its values the bytes of the files.',
    file: 'list-and-read.ts',
    run: listAndRead,
  },
  {
    title: 'Filter',
    text: 'A transform makes a new store from a store. What a filter hides is neither listed nor read nor written.',
    file: 'filter.ts',
    run: filter,
  },
  {
    title: 'Decode',
    text: 'A value codec turns bytes into values and back. byExtension chooses one by the ending of the key.',
    file: 'decode.ts',
    run: decode,
  },
  {
    title: 'Keys of your own',
    text: 'A key codec gives keys another form, both ways. A template reads the type of the key from its text.',
    file: 'tuple-keys.ts',
    run: tupleKeys,
  },
  {
    title: 'Sorted pages, remembered keys',
    text: 'A sorted store lists page by page. cachedKeys lists once and answers from memory from then on.',
    file: 'pages.ts',
    run: pages,
  },
  {
    title: 'The same function on any storage',
    text: 'A report written once runs on the folder, on memory, and on an archive with other keys and zipped values.',
    file: 'same-report.ts',
    run: sameReport,
  },
  {
    title: 'A database',
    text: 'The same files in a table of SQLite: any keys and bytes, or rows with typed columns. PostgreSQL and MySQL are opened in the same way.',
    file: 'database.ts',
    run: database,
  },
  {
    title: 'Mistakes',
    text: 'Wrong input changes nothing and says what is wrong. Programs act on the code, people read the message.',
    file: 'mistakes.ts',
    run: mistakes,
  },
]
