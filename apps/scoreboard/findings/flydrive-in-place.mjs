import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'

const disk = new Disk(new FSDriver({ location: `${process.cwd()}/data`, visibility: 'private' }))
const [short, long] = ['short', 'a longer text']
let others = 0
for (let round = 0; round < 1000 && others === 0; round++) {
  await Promise.all([disk.put('key', long), disk.put('key', short)])
  if (![short, long].includes(await disk.get('key'))) others++
}
console.log(others > 0 ? 'some values were neither of the two' : 'all values were one of the two')
