import type { NoticeSql } from '../dialect.ts'
import { regclass } from './regclass.ts'

/** The names of the triggers, of which the first is that of the function as well. */
const ROW = 'kvdol_notify'
const ALL = 'kvdol_notify_all'

/** A statement that tells of a key. The server sends what is told twice in a transaction once. */
const tell = (row: string) =>
  `PERFORM pg_catalog.pg_notify(TG_ARGV[0], pg_catalog.encode(${row}.key, 'hex'));`

const FUNCTION = `BEGIN
IF TG_OP = 'TRUNCATE' THEN PERFORM pg_catalog.pg_notify(TG_ARGV[0], ''); END IF;
IF TG_OP IN ('UPDATE', 'DELETE') THEN ${tell('OLD')} END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN ${tell('NEW')} END IF;
RETURN NULL; END`

/** Triggers that send a `NOTIFY` for each change of a table. */
export const notices: NoticeSql = {
  // Only triggers that always fire see the writes of replication. A table that was restored has another number.
  channel: table => ({
    text: `SELECT 'kvdol_' || c.oid, 2 = (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname IN ($2, $3)
AND t.tgenabled = 'A' AND t.tgargs = convert_to('kvdol_' || c.oid, 'UTF8') || decode('00', 'hex'))
FROM pg_class c WHERE c.oid = to_regclass($1)`,
    params: [regclass(table), ROW, ALL],
  }),
  create(table, channel) {
    const on = regclass(table)
    const called = regclass({ ...table, name: ROW })
    const trigger = (name: string, events: string, each: string) => [
      `DROP TRIGGER IF EXISTS ${name} ON ${on}`,
      `CREATE TRIGGER ${name} AFTER ${events} ON ${on} FOR EACH ${each} EXECUTE FUNCTION ${called}('${channel}')`,
      `ALTER TABLE ${on} ENABLE ALWAYS TRIGGER ${name}`,
    ]
    return [
      // The server does not let two at once replace a function, also for other tables.
      `SELECT pg_advisory_xact_lock(hashtext('${ROW}'))`,
      `CREATE OR REPLACE FUNCTION ${called}() RETURNS trigger LANGUAGE plpgsql AS $kvdol$${FUNCTION}$kvdol$`,
      ...trigger(ROW, 'INSERT OR UPDATE OR DELETE', 'ROW'),
      ...trigger(ALL, 'TRUNCATE', 'STATEMENT'),
    ]
  },
}
