import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { z } from 'zod'
import type { LabHost } from '../../lab/index.ts'

const servers = z.array(z.object({ status: z.string() }))
const rows = z.array(z.object({ kept: z.string() }))

const refused = z.object({ errno: z.literal(1045) })

/** Other servers learn a new password some seconds later, so a refusal is tried again for 30 s. */
async function logIn(ip: string, password: string): Promise<Connection> {
  const until = Date.now() + 30_000
  for (;;)
    try {
      return await createConnection({ host: ip, port: 2881, user: 'root@sys', password })
    } catch (error) {
      if (!refused.safeParse(error).success || Date.now() > until) throw error
      await sleep(200)
    }
}

/** What keeps a cluster from being one that serves; nothing for a good one. Asked in the same way of all. */
export async function servesComplaints({
  hosts,
  password,
}: {
  readonly hosts: readonly LabHost[]
  readonly password: string
}): Promise<readonly string[]> {
  const complaints: string[] = []
  for (const { ip } of hosts) {
    const connection = await logIn(ip, password)
    try {
      const [listed] = await connection.query('SELECT status FROM oceanbase.DBA_OB_SERVERS')
      const active = servers.parse(listed).filter(({ status }) => status === 'ACTIVE').length
      if (active !== hosts.length)
        complaints.push(`${ip} lists ${active} of ${hosts.length} servers as ACTIVE`)
    } finally {
      await connection.end()
    }
  }
  const [first] = hosts
  const connection = await logIn(first?.ip ?? '', password)
  try {
    await connection.query('CREATE DATABASE bench')
    await connection.query('CREATE TABLE bench.one (kept VARCHAR(20))')
    await connection.query("INSERT INTO bench.one VALUES ('kept')")
    const [read] = await connection.query('SELECT kept FROM bench.one')
    if (rows.parse(read)[0]?.kept !== 'kept') complaints.push('a row that was written is not read')
    await connection.query('DROP DATABASE bench')
  } finally {
    await connection.end()
  }
  return complaints
}
