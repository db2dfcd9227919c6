import opendal from 'opendal'

const operator = new opendal.Operator('memory')
for (const key of ['a/b', '/a/b', 'a//b', ' a/b ']) await operator.write(key, `value of ${key}`)
console.log((await operator.read('a/b')).toString())
console.log((await operator.list('/', { recursive: true })).map(entry => entry.path()))
