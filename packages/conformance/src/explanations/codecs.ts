import type { Explanation } from './explanation.ts'

/** Groups of clauses about codecs. */
export const codecs: readonly Explanation[] = [
  {
    clauses: ['Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6', 'Q7', 'Q8'],
    protects: 'keys and values that a codec loses or mixes up',
    causes: {
      files: 'names that decode although no key encodes to them',
      sql: 'numbers or dates as text of no fixed width, which sort otherwise',
      service: 'two parts joined by a character that they may hold themselves',
    },
    fix: `decode(inner) {
  const outer = parse(inner)
  return outer !== undefined && encode(outer) === inner ? outer : undefined
}`,
  },
]
