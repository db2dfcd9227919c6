import { type ByteStore, filterKeys, type KeyOf, mapKeys, memory, pipe, template } from '@kvdol/core'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles only when the two types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

const bytes = memory()
const notes = template('data/{user}/{year:int}/{name}.json')

const records = pipe(bytes, mapKeys(notes))
same<typeof records, ByteStore<{ user: string; year: number; name: string }>>()

const tuples = pipe(bytes, mapKeys(notes.tuple()))
same<typeof tuples, ByteStore<readonly [string, number, string]>>()

const labelled = pipe(bytes, mapKeys(notes.tuple<[user: string, year: number, name: string]>()))
same<typeof labelled, ByteStore<readonly [user: string, year: number, name: string]>>()

const days = pipe(bytes, mapKeys(template('{day:date}.log').scalar()))
same<KeyOf<typeof days>, Date>()

const every = template('{a}{{x}}{b:path}-{c:int}-{d:float}-{e:date}-{f:datetime}-{g:string}')
same<
  ReturnType<typeof every.parse>,
  { a: string; b: string; c: number; d: number; e: Date; f: Date; g: string }
>()

const unnamed = template('{}/{x}/{}')
same<ReturnType<typeof unnamed.parse>, { 0: string; x: string; 2: string }>()

const custom = template('{id:hex}/{flag:yesNo}', {
  converters: {
    hex: { decode: text => Number.parseInt(text, 16), encode: (value: number) => value.toString(16) },
    yesNo: {
      decode: text => (text === 'yes' ? true : text === 'no' ? false : undefined),
      encode: (value: boolean) => (value ? 'yes' : 'no'),
    },
  },
})
same<ReturnType<typeof custom.parse>, { id: number; flag: boolean }>()

const unknownPattern: string = '{x}'
const dynamic = template(unknownPattern)
same<ReturnType<typeof dynamic.parse>, { [x: string]: unknown }>()

export async function prefixesAreTyped(): Promise<void> {
  labelled.keys({ prefix: ['ann', 2024] })
  records.keys({ prefix: { user: 'ann' } })
  // @ts-expect-error: the year is a number
  labelled.keys({ prefix: ['ann', '2024'] })
  // @ts-expect-error: there is no such field
  records.keys({ prefix: { usr: 'ann' } })
  // @ts-expect-error: the name is missing
  await records.get({ user: 'ann', year: 2024 })
  // @ts-expect-error: too many elements
  await tuples.get(['ann', 2024, 'x', 'y'])
}

export function misuse(): void {
  // @ts-expect-error: there are three fields
  notes.scalar()
  // @ts-expect-error: the labels' types differ
  notes.tuple<[user: string, year: string, name: string]>()
  // @ts-expect-error: no such converter
  template('{x:nope}')
  // @ts-expect-error: a tuple is no record
  notes.format(['ann', 2024, 'x'])
  // @ts-expect-error: a wrong field type
  notes.replace('data/ann/2024/x.json', { year: '2025' })
  // @ts-expect-error: encode is missing
  template('{x:hex}', { converters: { hex: { decode: (text: string) => text } } })
}

export const matching = pipe(bytes, filterKeys(notes.matches), mapKeys(notes))
same<typeof matching, typeof records>()
