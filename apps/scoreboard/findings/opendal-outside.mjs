import { readdir } from 'node:fs/promises'
import opendal from 'opendal'

const operator = new opendal.Operator('fs', { root: `${process.cwd()}/data` })
await operator.write('../outside', 'text')
await operator.write('folder/a', 'text')
console.log(await readdir('.'), await operator.isExist('folder'))
