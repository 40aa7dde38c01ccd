import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/freePort.ts'
import {
  bootstrapSql,
  canConnect,
  makeObserver,
  places,
  query,
  removeObservers,
  until,
} from './observers.ts'

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex')

/** A cluster of one of the lab's observers, behind the lab's OBProxy. */
export interface Proxied extends AsyncDisposable {
  readonly port: number
  /** As clients name it: user, tenant and cluster. */
  readonly user: string
  readonly password: string
}

/** Starts a cluster `terran` and an OBProxy before it on loopback. */
export async function startProxied(): Promise<Proxied> {
  const password = 'rrRR11__'
  const proxyro = 'ppPP11__'
  const [place] = places(['zone1'], 28781)
  if (!place) throw new Error('no place for an observer')
  const home = await mkdtemp(join(tmpdir(), 'obflow-proxied-'))
  const close = async (): Promise<void> => {
    await removeObservers()
    await rm(home, { recursive: true, force: true })
  }
  try {
    const observer = makeObserver(place, [place], '4.2.1.8')
    await observer.start()
    const users = [
      `CREATE USER proxyro IDENTIFIED BY '${proxyro}'`,
      'GRANT SELECT ON *.* TO proxyro',
    ]
    await query(observer, [
      bootstrapSql([observer]),
      ...users,
      `ALTER USER root IDENTIFIED BY '${password}'`,
    ])
    const port = await freePort()
    const options = `observer_sys_password=${sha1(proxyro)},prometheus_listen_port=${await freePort()}`
    const words = [
      '-N',
      '-r',
      `${place.ip}:${place.sqlPort}`,
      '-p',
      String(port),
      '-n',
      'demo',
      '-c',
      'terran',
      '-o',
      options,
    ]
    const program = join(import.meta.dirname, '../../lab/obproxy/main.ts')
    const proxy = spawn(process.execPath, [program, ...words], { cwd: home, stdio: 'ignore' })
    await until('proxy listens', () => canConnect('127.0.0.1', port))
    return {
      port,
      user: 'root@sys#terran',
      password,
      async [Symbol.asyncDispose]() {
        const gone = once(proxy, 'exit')
        proxy.kill('SIGTERM')
        await gone
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
