import { createFsFileStorage } from '@remix-run/file-storage/fs'

const storage = createFsFileStorage('data')
const codes = new Set()
const note = error => codes.add(error.code ?? error.name)
for (let round = 0; round < 1000 && codes.size === 0; round++) {
  const set = storage.set('key', new File([`text ${round}`], 'a.txt')).catch(note)
  await Promise.all([set, storage.remove('key').catch(note), Promise.resolve(storage.get('key')).catch(note)])
}
console.log(codes.size > 0 ? 'some calls failed' : 'no call failed')
