import { bytes, openLink } from '@kvdol/test-support'
import { blobs, type Database, type Executor, mysql, postgres } from '../../src/index.ts'

/** A database of which a store does not know that it is reached in another way from now on. */
export interface Movable {
  readonly through: Executor
  moveTo(other: Database): void
}

export function movable(db: Database): Movable {
  let current = db
  return {
    through: {
      ...db,
      query: (...call) => current.query(...call),
      transaction: (...call) => current.transaction(...call),
      ...(db.listen && {
        listen: (...call: Parameters<NonNullable<Database['listen']>>) => current.listen?.(...call) ?? [],
      }),
    } as Executor,
    moveTo(other) {
      current = other
    },
  }
}

/** Ways to a server that are slow, or cut what comes back. */
export function waysTo(url: string) {
  const at = (port: number) => {
    const address = new URL(url)
    address.hostname = '127.0.0.1'
    address.port = String(port)
    const open = address.protocol.startsWith('postgres') ? postgres : mysql
    return open(String(address))
  }
  const port = Number(new URL(url).port)
  return {
    async slow(milliseconds: number): Promise<Database> {
      const link = await openLink(port, {
        split: take => data => void setTimeout(take, milliseconds / 2, data),
      })
      return at(link.port)
    },
    /** Cuts every answer that is longer than so many bytes. */
    async cutting(longest: number): Promise<Database> {
      const link = await openLink(port)
      link.onReply = message => (message.byteLength > longest ? longest : 'pass')
      return at(link.port)
    },
    /** A writer takes the lock of a key, and the network between it and the server ends. */
    async abandonLock(table: string, key: string): Promise<void> {
      const link = await openLink(port)
      await new Promise<void>((holds, fails) => {
        const work = async (inside: Executor) => {
          await blobs(inside, { table }).set(key, bytes('never committed'))
          holds()
          await new Promise(() => {})
        }
        Promise.resolve(at(link.port).transaction(work)).catch(fails)
      })
      await link.down()
    },
  }
}

/** Triggers that refuse every write of a key, until they are dropped with the table. */
export function refusal(dialect: Database['dialect'], quoted: string, name: string, key: string): string[] {
  const hex = Buffer.from(key).toString('hex')
  if (dialect === 'postgres')
    return [
      `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF NEW.key = '\\x${hex}' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$`,
      `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON ${quoted} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    ]
  return ['INSERT', 'UPDATE'].map(event => {
    const head = `CREATE TRIGGER ${name}_${event} BEFORE ${event} ON ${quoted}`
    return dialect === 'sqlite'
      ? `${head} WHEN NEW.key = x'${hex}' BEGIN SELECT RAISE(ABORT, 'refused'); END`
      : `${head} FOR EACH ROW IF NEW.\`key\` = x'${hex}' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF`
  })
}
