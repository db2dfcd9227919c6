// Modules of which bundlers can leave out each declaration that is not used.
import { parseAst } from 'rollup/parseAst'

const PURE = '/*@__PURE__*/'

/**
 * Such a module: its `code`, and a `map` of the changes. In files of their own the modules of these packages are left out
 * whole (`sideEffects: false`); in one file every initial value that calls something would stay, and what it calls.
 */
export function shakeable(code) {
  const { body } = parseAst(code)
  const makers = new Set(body.filter(isMaker).map(made => made.expression.arguments[0].name))
  const edits = []
  const replace = (start, end, by) => edits.push({ start, end, by })
  const insert = (at, by) => replace(at, at, by)
  const wrap = ({ start, end }, before, after) => {
    insert(start, before)
    insert(end, after)
  }
  for (const statement of body) {
    const declared = statement.declaration ?? statement
    const { type, id } = declared
    if (type === 'VariableDeclaration') {
      for (const { id, init } of declared.declarations) {
        if (id.type !== 'Identifier' || !init) continue
        const calls = callsIn(init)
        if (calls === undefined) wrap(init, `${PURE}(()=>(`, '))()')
        else for (const { start } of calls) insert(start, PURE)
      }
    } else if (type === 'ClassDeclaration') {
      // A computed name counts as an effect. An error shows the name of its class, which this may change.
      if (!declared.superClass && declared.body.body.some(({ computed }) => computed))
        wrap(declared, `const ${id.name}=${PURE}(()=>`, ')();')
    } else if (type === 'FunctionDeclaration' && makers.has(id.name)) {
      // Noted where it is made (a method keeps its name), so that it goes together with its note.
      replace(declared.start, id.start, `const ${id.name}=${PURE}maker({`)
      insert(declared.end, '});')
    } else if (isMaker(declared)) {
      replace(declared.start, declared.end, '')
    }
  }
  return edited(code, edits)
}

function isMaker({ type, expression }) {
  return (
    type === 'ExpressionStatement' &&
    expression.type === 'CallExpression' &&
    expression.callee.name === 'maker'
  )
}

/** The calls in an initial value, when bundlers know that nothing else of it has an effect. */
function callsIn(value) {
  switch (value?.type) {
    case undefined:
    case 'Literal':
    case 'Identifier':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return []
    case 'ArrayExpression':
      return callsInAll(value.elements)
    case 'ObjectExpression':
      return value.properties.some(({ computed }) => computed)
        ? undefined
        : callsInAll(value.properties.map(property => property.value ?? property))
    case 'CallExpression':
    case 'NewExpression': {
      const calls = callsInAll(value.arguments)
      return calls && [value, ...calls]
    }
  }
}

function callsInAll(values) {
  const calls = values.map(callsIn)
  return calls.includes(undefined) ? undefined : calls.flat()
}

/** A text in which these parts are replaced, each by text on one line, and a map of where each character was. */
function edited(text, edits) {
  const inserted = new Map()
  const left = new Set()
  for (const { start, end, by } of edits) {
    inserted.set(start, (inserted.get(start) ?? '') + by)
    for (let at = start; at < end; at++) left.add(at)
  }
  let code = ''
  const mappings = []
  let at = 0
  for (const [line, { length }] of text.split('\n').entries()) {
    const begin = code.length
    const segments = []
    for (let column = 0; column <= length; column++, at++) {
      code += inserted.get(at) ?? ''
      if (left.has(at)) continue
      segments.push([code.length - begin, 0, line, column])
      code += text[at] ?? ''
    }
    mappings.push(segments)
  }
  return { code, map: { mappings } }
}
