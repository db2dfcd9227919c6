import { withService } from '@kvdol/services'
import { describe } from 'vitest'
import { openSshAt } from './support/openssh.ts'
import { chosen, declareKit, subject } from './support/subject.ts'

await withService('openssh', url => {
  const tried = subject('plain keys on OpenSSH', openSshAt(url), { keys: 'plain', etag: 'content' })
  describe.each(chosen(tried))('$name', variant => declareKit(variant))
})
