import { afterEach, expect, it } from 'vitest'
import { claimPort } from '../../lab/ports/claim.ts'
import { isHeldBy } from '../../src/embedded/ports.ts'
import { startTemporalServer, type TemporalServer } from '../../src/embedded/temporalServer.ts'

const servers: TemporalServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

it('two that start at once and want the same ports get a server each, and neither takes the other for its own', async () => {
  const [port, uiPort] = [await claimPort(), await claimPort()]
  servers.push(...(await Promise.all([1, 2].map(() => startTemporalServer({ port, uiPort })))))
  expect(new Set(servers.map(({ address }) => address)).size).toBe(2)
  expect(servers.map(({ address }) => address)).toContain(`127.0.0.1:${port}`)
})

it('one that cannot start says why, in its own words', async () => {
  await expect(startTemporalServer({ dbFile: import.meta.dirname })).rejects.toThrow(
    /did not start: .*unable to open database file/s,
  )
})

it('a port is held by who listens on it, and by nobody else', async () => {
  const server = await startTemporalServer({})
  servers.push(server)
  const port = Number(server.address.split(':')[1])
  expect(await isHeldBy(port, process.pid)).toBe(false)
  await server.close()
  expect(await isHeldBy(port, process.pid)).toBe(false)
})
