import { appendFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Host } from '../../src/host/index.ts'
import {
  type Agent,
  agentOwner,
  agentRuns,
  agentStatus,
  readAgentStatus,
  refreshAgentConfig,
  restoreAgentConfig,
  startAgent,
  stopAgent,
} from '../../src/oceanbase/index.ts'
import { Secret, sh } from '../../src/quote.ts'
import { createTestHosts } from '../host/hosts.ts'
import { startSshd, type TestSshd } from '../host/sshd.ts'
import { terran } from './cluster.ts'

const lab = join(resolve(import.meta.dirname, '../..'), 'lab')
const { pool, host, lines } = createTestHosts()
const cluster = terran({ osUser: 'operator' })
const agentHome = '/home/admin/obagent'
const agent: Agent = { home: agentHome, daemon: 'ob_agentd', control: 'ob_agentctl' }
const owner = { as: agentOwner }
const basicAuth = { username: 'ocp_agent', password: new Secret(`b"4\\s'ic é`) }
const config = {
  cluster,
  server: { hostId: 1, ip: '127.0.0.1', zone: 'zone1', rootServer: true },
  monitor: { username: 'ocp_monitor', password: new Secret(`m\\0n'"$x`) },
  basicAuth,
}
let sshd: TestSshd
let target: Host

/** The lab's agent at its own place, in the mount namespace of the test's sshd. */
beforeAll(async () => {
  sshd = await startSshd()
  target = host(sshd.access())
  // A user of the namespace alone.
  appendFileSync(
    join(sshd.directory, 'passwd'),
    `${agentOwner}:x:61005:61005::/home/${agentOwner}:/bin/bash\n`,
  )
  appendFileSync(join(sshd.directory, 'group'), `${agentOwner}:x:61005:\n`)
  await target.must(sh`mkdir -p ${sshd.directory}/agent/{bin,run,log,tmp,backup} /home
mount -t tmpfs none /home && mkdir -p ${agentHome} && mount --bind ${sshd.directory}/agent ${agentHome} && cd ${agentHome}
cp -r ${lab}/agent/conf conf
printf '#!/bin/bash\nexport OBFLOW_LAB_AGENT_HOME=%s\nexec %s %s "$@"\n' ${agentHome} ${process.execPath} ${lab}/agent/agentctl.ts > bin/ob_agentctl
chmod 755 bin/ob_agentctl && chmod 755 ${sshd.directory} && chown -R ${agentOwner}: .`)
})
afterAll(async () => {
  await target.run(stopAgent(agent, cluster), owner)
  await pool.close()
  await sshd.stop()
})

const processes = async (): Promise<string> =>
  (await target.run(sh`pgrep -cx ob_agentd`)).stdout.trim()

test('an agent is configured, started, asked, left alone, restarted on a newer configuration and put back', async () => {
  const before = await target.must(sh`cat ${agentHome}/conf/config_properties/*.yaml`)
  expect(await target.must(refreshAgentConfig(agent, config), owner)).toBe('changed\n')
  expect(await target.must(refreshAgentConfig(agent, config), owner)).toBe('unchanged\n')
  const written = await target.must(sh`cat ${agentHome}/conf/config_properties/*.yaml`)
  expect(written).toContain(`value: ${JSON.stringify(config.monitor.password.reveal())}`)
  expect(
    await target.must(
      sh`stat -c '%a %U' ${agentHome}/conf/config_properties/monagent_pipeline.yaml`,
    ),
  ).toBe(`600 ${agentOwner}\n`)

  await target.must(startAgent(agent, cluster), owner)
  const status = readAgentStatus(await target.must(agentStatus(basicAuth)))
  expect(status.state).toBe('running')
  expect(
    (await target.run(agentStatus({ username: 'ocp_agent', password: new Secret('no') }))).stderr,
  ).toContain('401')
  const pid = await target.must(sh`cat ${agentHome}/run/ob_agentd.pid`)
  await target.must(startAgent(agent, cluster), owner)
  expect(await target.must(sh`cat ${agentHome}/run/ob_agentd.pid`)).toBe(pid)

  await target.must(
    refreshAgentConfig(agent, {
      ...config,
      monitor: { ...config.monitor, password: new Secret('newer') },
    }),
    owner,
  )
  await target.must(startAgent(agent, cluster), owner)
  expect(await target.must(sh`cat ${agentHome}/run/ob_agentd.pid`)).not.toBe(pid)

  await target.must(restoreAgentConfig(agent, cluster), owner)
  expect(await target.must(sh`cat ${agentHome}/conf/config_properties/*.yaml`)).toBe(before)
  expect(await processes()).toBe('0')
  await target.must(restoreAgentConfig(agent, cluster), owner)
  expect(lines.join('\n')).not.toMatch(/b"4|newer|m\\0n/)
})

test('an agent whose ctl gives up on it is started all the same while its daemon lives, and not when that is gone', async () => {
  const ctl = (then: string) => sh`cd ${agentHome}/bin && mv ob_agentctl patient
printf '#!/bin/bash\n"\${0%%/*}/patient" "$@"\n%s\necho "agent not ready" >&2; exit 1\n' ${then} > ob_agentctl && chmod 755 ob_agentctl`
  const patientAgain = sh`cd ${agentHome}/bin && mv patient ob_agentctl`
  await target.must(refreshAgentConfig(agent, config), owner)
  await target.must(ctl(''))
  await target.must(startAgent(agent, cluster), owner)
  expect(await processes()).toBe('1')
  await target.must(patientAgain)
  await target.must(stopAgent(agent, cluster), owner)
  await target.must(ctl(`${agentHome}/bin/patient stop`))
  expect((await target.run(startAgent(agent, cluster), owner)).stderr).toContain('agent not ready')
  await target.must(patientAgain)
  await target.must(restoreAgentConfig(agent, cluster), owner)
})

test('what its owner had before is put back after a kill in the middle of putting it back', async () => {
  const before = await target.must(sh`cat ${agentHome}/conf/config_properties/*.yaml`)
  const kept = `${agentHome}/backup/obflow-${cluster.id}`
  for (const cut of [
    sh`mv ${kept}/properties/basic_auth.yaml ${agentHome}/conf/config_properties/`,
    sh`mv ${kept}/properties/*.yaml ${agentHome}/conf/config_properties/`,
    sh`mv ${kept} ${kept}.done; mv ${kept}.done/properties/*.yaml ${agentHome}/conf/config_properties/; rm -r ${kept}.done/properties`,
  ]) {
    await target.must(refreshAgentConfig(agent, config), owner)
    await target.must(cut)
    await target.must(restoreAgentConfig(agent, cluster), owner)
    expect(await target.must(sh`cat ${agentHome}/conf/config_properties/*.yaml`)).toBe(before)
    expect(await target.must(sh`ls ${agentHome}/backup`)).toBe('')
  }
})

test('an agent that does not run gives no status', async () => {
  expect((await target.run(agentStatus(basicAuth))).code).toBe(7)
})

test('an agent without a control program is run as its package brings it, and ended with what it guards', async () => {
  const home = '/home/admin/ocp_agent'
  const old: Agent = { home, daemon: 'ocp_agentd' }
  await target.must(sh`mkdir -p ${home}/bin && cd ${home} || exit 1
printf '#!/bin/bash\nexport OBFLOW_LAB_AGENT_HOME=%s\nexec %s %s "$@"\n' ${home} ${process.execPath} ${lab}/agent/old/ocp_agentd.ts > bin/ocp_agentd
chmod 755 bin/ocp_agentd && chown -R ${agentOwner}: .`)
  expect((await target.run(agentRuns(old, cluster), owner)).stderr).toContain('does not run')
  expect(await target.must(refreshAgentConfig(old, config), owner)).toBe('unconfigurable\n')
  await target.must(startAgent(old, cluster), owner)
  const daemons = async () => (await target.run(sh`pgrep -x ocp_agentd`)).stdout.trim()
  const pid = await daemons()
  expect(pid).toMatch(/^\d+$/)
  await target.must(agentRuns(old, cluster), owner)
  await target.must(startAgent(old, cluster), owner)
  expect(await daemons()).toBe(pid)
  await target.must(restoreAgentConfig(old, cluster), owner)
  expect((await target.run(sh`pgrep -f ${`${home}/bin/`}`)).stdout).toBe('')
  expect(await target.must(sh`ls -A ${home}`)).not.toMatch(/backup|obflow/)
  await target.must(
    sh`mv ${home}/bin/ocp_agentd ${home}/bin/kept && printf '#!/bin/sh\necho no python >&2\n' >${home}/bin/ocp_agentd && chmod 755 ${home}/bin/ocp_agentd`,
  )
  expect((await target.run(startAgent(old, cluster), owner)).stderr).toContain('no python')
})
