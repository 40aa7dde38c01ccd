import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCompose } from '../../lab/grown/compose.ts'

const repository = resolve(import.meta.dirname, '../..')
const main = join(repository, 'docker-compose.yml')
const passwords = {
  TEMPORAL_DB_PASSWORD: 't1',
  OBFLOW_DB_PASSWORD: 'o1',
  OBFLOW_ADMIN_PASSWORD: 'a1',
}
const service = (name: string, files = [main], env: Readonly<Record<string, string>> = {}) =>
  readCompose(files, { ...passwords, ...env }).find((candidate) => candidate.name === name)

describe('the reader of compose files that `make grown` starts the stack with', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'obflow-compose-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const written = (text: string): string => {
    const file = join(folder, 'compose.yml')
    writeFileSync(file, text)
    return file
  }

  it('resolves anchors, variables and their defaults, and leaves profiles aside', () => {
    expect(service('worker')?.environment).toMatchObject({
      DATABASE_URL: 'postgresql://obflow:o1@postgresql:5432/obflow',
      TEMPORAL_ADDRESS: 'temporal:7233',
    })
    expect(
      service('worker', [main], { OBFLOW_DB_PASSWORD: 'x1' })?.environment.DATABASE_URL,
    ).toContain(':x1@')
    expect(service('api', [main], { OBFLOW_ERROR_CODES: '' })?.environment.OBFLOW_ERROR_CODES).toBe(
      'string',
    )
    expect(service('lab')).toBeUndefined()
  })

  it.each(Object.keys(passwords))(
    'starts nothing without %s: a published password is none',
    (name) => {
      expect(() => service('api', [main], { [name]: '' })).toThrow(
        `required variable ${name} is missing a value: set it in .env`,
      )
    },
  )

  it('says what a service waits for, how its health is asked, and how often it is started again', () => {
    expect(service('temporal')).toMatchObject({
      dependsOn: [{ service: 'temporal-schema', condition: 'service_completed_successfully' }],
      healthcheck: {
        command: ['nc', '-z', 'localhost', '7233'],
        intervalMs: 2000,
        timeoutMs: 3000,
        retries: 60,
      },
      restarts: 'always',
    })
    expect(service('temporal-schema')?.restarts).toEqual({ onFailure: 5 })
    expect(service('worker')?.stopGraceMs).toBe(30_000)
  })

  it('lays one file over another: settings and volumes are added, the rest stays', () => {
    const under = service('api')
    const over = service('api', [main, join(repository, 'deploy/mtls/compose.yml')])
    expect(over).toMatchObject({
      image: under?.image,
      command: under?.command,
      dependsOn: under?.dependsOn,
    })
    expect(over?.environment).toMatchObject({
      ...under?.environment,
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/certs/client.pem',
    })
    expect(over?.volumes).toEqual([
      { source: { volume: 'obflow' }, target: '/var/lib/obflow', readOnly: false },
      { source: { path: join(repository, 'certs') }, target: '/certs', readOnly: true },
    ])
  })

  it('refuses what it would have to pass over', () => {
    const file = written('services: { api: { image: obflow, deploy: { replicas: 2 } } }\n')
    expect(() => readCompose([file], {})).toThrow(/deploy/)
  })
})
