import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const programs = join(import.meta.dirname, '../../lab/agent')
const ports = { manager: 28688, monitor: 28689 }
const settings = `monagent.host.ip=10.0.0.3,ocp.agent.manager.http.port=${ports.manager},ocp.agent.monitor.http.port=${ports.monitor}`
const secret = 'agent.http.basic.auth.password=p-w'
let home: string

type Answer = { successful: boolean; message: { state?: string } | null; error: string }

function agentctl(...words: string[]): { code: number | null; answer: Answer } {
  const env = { ...process.env, OBFLOW_LAB_AGENT_HOME: home }
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(programs, 'agentctl.ts'), ...words],
    { env, encoding: 'utf8' },
  )
  const answer: Answer = JSON.parse(stdout)
  return { code: status, answer }
}

const get = (port: number, path: string, password: string) =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Basic ${Buffer.from(`ocp_agent:${password}`).toString('base64')}` },
  })

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'obflow-agent-'))
  cpSync(join(programs, 'conf'), join(home, 'conf'), { recursive: true })
})
afterEach(() => {
  agentctl('stop')
  rmSync(home, { recursive: true, force: true })
})

describe('ob_agentctl', () => {
  it('starts three processes that answer for the configured host, and stops them', async () => {
    expect(
      agentctl('config', '-u', `${settings},${secret},monagent.ob.cluster.name=terran`).code,
    ).toBe(0)
    expect(agentctl('start')).toMatchObject({ code: 0, answer: { successful: true } })
    expect(agentctl('status').answer.message?.state).toBe('running')
    const status = await get(ports.manager, '/api/v1/agent/status', 'p-w')
    await expect(status.json()).resolves.toMatchObject({
      successful: true,
      server: '10.0.0.3',
      data: { state: 'running' },
    })
    const metrics = await get(ports.monitor, '/metrics/ob/basic', 'p-w')
    await expect(metrics.text()).resolves.toContain('ob_agent_config_info{cluster="terran"')
    expect((await get(ports.monitor, '/metrics/ob/basic', 'guess')).status).toBe(401)
    expect(agentctl('stop').code).toBe(0)
    expect(agentctl('status').answer.message?.state).toBe('stopped')
  })

  it('does not start without the host address', () => {
    agentctl('config', '-u', 'monagent.host.ip=')
    expect(agentctl('start')).toMatchObject({
      code: 1,
      answer: { successful: false, error: 'config monagent.host.ip is empty' },
    })
  })

  it('keeps passwords from others, and does not start when they can read them', () => {
    agentctl('config', '-u', `${settings},${secret}`)
    const file = join(home, 'conf/config_properties/basic_auth.yaml')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o644)
    expect(agentctl('start').answer.error).toContain('holds a password and others may read it')
  })

  it('names the key that no file declares', () => {
    expect(agentctl('config', '-u', 'ocp.agent.snapshot.maxsize=1').answer.error).toBe(
      'key ocp.agent.snapshot.maxsize is not found',
    )
  })
})
