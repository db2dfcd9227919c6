import { type KeyOf, mapKeys, memory, pipe, template } from '../../src/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function exact<_ extends true>(): void {}

// Custom converters come first, also one of the name that is built in.
const numbers = { decode: (text: string) => Number(text), encode: (value: number) => String(value) }
const own = template('{n}/{m:int}', { converters: { string: numbers } })
exact<Equal<ReturnType<typeof own.parse>, { n: number; m: number }>>()

// A record of converters may hold any name.
declare const several: Record<string, typeof numbers>
const recorded = template('{n:hex}', { converters: several })
exact<Equal<ReturnType<typeof recorded.parse>, { n: number }>>()

// One of several patterns.
declare const either: '{a}' | 'x{b:int}'
const one = template(either)
exact<Equal<ReturnType<typeof one.parse>, { a: string } | { b: number }>>()

// A pattern that is known at run time only.
declare const computed: string
const scalars = pipe(memory(), mapKeys(template(computed).scalar()))
exact<Equal<KeyOf<typeof scalars>, unknown>>()
declare const kind: string
const partly = template(`{x:${kind}}`)
exact<Equal<ReturnType<typeof partly.parse>, { [x: string]: unknown }>>()

template('{{literal}} {x}')
// @ts-expect-error two fields of one name
template('{a}/{a}')
// @ts-expect-error nothing tells where one ends and the other begins
template('{a}{b}')
// @ts-expect-error nor here
template('x/{a:path}{b:int}.txt')
template('{a}{day:date}{b}')
template('{a}{{{b}')
template('{a}{b}', { converters: { string: { ...numbers, length: 2 } } })
template('{a}{b:hex}', { converters: { hex: { ...numbers, length: 2 } } })
// @ts-expect-error a custom converter is between none of these
template('{a}{b}{c:hex}', { converters: { hex: { ...numbers, length: 2 } } })
// @ts-expect-error no such converter
template('{a:nope}')
// @ts-expect-error none of these names
template('{a:nope}', { converters: { hex: numbers } })
// @ts-expect-error no field
template('a.txt')
// @ts-expect-error the brace has no partner
template('{a')
// @ts-expect-error the brace has no partner
template('a}{b}')
// @ts-expect-error the field has no name
template('{:int}')
// @ts-expect-error two fields, so there is no one value
template('{a}/{b}').scalar()
