import { withService } from '@kvdol/services'
import { createPool as createCallbackPool } from 'mysql2'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { expect, it } from 'vitest'
import { mysql, postgres } from '../src/index.ts'

await withService('postgres', url => {
  it('a single client of pg is no pool, before it is asked anything', async () => {
    const client = new pg.Client({ connectionString: url })
    expect(() => postgres(client as never)).toThrow(TypeError)
    expect(() => postgres(client as never)).toThrow(/pool of pg/)
    const pool = new pg.Pool({ connectionString: url })
    const taken = await pool.connect()
    expect(() => postgres(taken as never)).toThrow(/pool of pg/)
    taken.release()
    postgres(pool)
    await pool.end()
  })
})

await withService('mariadb', url => {
  it('a pool of callbacks, or a single connection, is no pool of mysql2/promise', async () => {
    const pool = createCallbackPool(url)
    expect(() => mysql(pool as never)).toThrow(TypeError)
    expect(() => mysql(pool as never)).toThrow(/mysql2\/promise/)
    mysql(pool.promise())
    await pool.promise().end()
    const connection = await createConnection(url)
    expect(() => mysql(connection as never)).toThrow(/mysql2\/promise/)
    await connection.end()
  })
})
