import { defineRoute, noDownload, type Route } from './route.ts'

const dropbox: Route = defineRoute({
  name: 'Dropbox',
  matches: ({ host, pathname }) =>
    /^(?:www\.)?dropbox\.com$/.test(host) && /^\/(?:s|sh|scl|t)\//.test(pathname),
  // Text for text, so that all other parameters stay exactly as they are.
  target({ origin, pathname, search }) {
    const others = search
      .slice(1)
      .split('&')
      .filter(each => each !== '' && !/^dl(?:=|$)/.test(each))
    return `${origin}${pathname}?${[...others, 'dl=1'].join('&')}`
  },
})

const drive: Route = defineRoute({
  name: 'Google Drive',
  matches: ({ host, pathname }) =>
    (host === 'drive.google.com' && /^\/(?:file|open|drive|folderview|folders)\b/.test(pathname)) ||
    (host === 'docs.google.com' &&
      /^\/(?:document|spreadsheets|presentation|forms|drawings|file)\//.test(pathname) &&
      !/\/export(?:\/|$)/.test(pathname)),
  target({ host, pathname, searchParams }) {
    if (/\bfolders?(?:view)?\b/.test(pathname))
      throw noDownload(
        'Google Drive',
        'a folder cannot be downloaded by its link; share its files one by one',
      )
    const id = /\/file\/(?:u\/\d+\/)?d\/([\w-]+)/.exec(pathname)?.[1] ?? searchParams.get('id')
    if (host === 'docs.google.com' && !pathname.startsWith('/file/'))
      throw noDownload(
        'Google Docs',
        'a document has no bytes of its own; use the link of an export, which ends in /export?format=…',
      )
    if (!id) throw noDownload('Google Drive', 'the link names no file')
    const target = new URL('https://drive.google.com/uc?export=download')
    target.searchParams.set('id', id)
    const key = searchParams.get('resourcekey')
    if (key) target.searchParams.set('resourcekey', key)
    return target
  },
})

const oneDrive: Route = defineRoute({
  name: 'OneDrive',
  matches: ({ host, pathname }) =>
    host === '1drv.ms' ||
    host === 'onedrive.live.com' ||
    (host.endsWith('.sharepoint.com') && /^\/:\w:\//.test(pathname)),
  target() {
    throw noDownload(
      'OneDrive',
      'its links lead to a page that a browser has to run; download the file there',
    )
  },
})

/**
 * The links of Dropbox, Google Drive and OneDrive. Dropbox and files on Drive lead to the content; folders on Drive,
 * documents of Google and everything of OneDrive reject `Unsupported` with the reason.
 */
export const shareLinks: readonly Route[] = Object.freeze([dropbox, drive, oneDrive])
