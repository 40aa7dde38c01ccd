import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'
import { searchAttributes } from '../../src/plan/run.ts'

const repository = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(resolve(repository, path), 'utf8')

const service = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), target: z.string() }).optional(),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.unknown().optional(),
  logging: z.object({ options: z.record(z.string(), z.string()) }).optional(),
})
const compose = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
})

const source = read('docker-compose.yml')
const { services, volumes } = compose.parse(parse(source, { merge: true }))
const all = Object.entries(services)
const ours = all.filter(([, { command }]) => command.some((word) => word.startsWith('src/')))

/** What compose makes of a text when nothing is set. */
const withDefaults = (text: string): string =>
  text.replace(/\$\{(\w+):(-([^}]*)|\?[^}]*)\}/g, (_, name, __, value) => value ?? name)
const variables = (text: string): Set<string> =>
  new Set([...text.matchAll(/\$\{(\w+)/g)].flatMap(([, name]) => name ?? []))

describe('docker-compose.yml', () => {
  test.each(all)(
    '%s runs and mounts files that exist, from a pinned image',
    (_, { image, build, command, volumes: mounts }) => {
      const programs = command.filter((word) => word.endsWith('.ts'))
      const folders = mounts
        .map((mount) => mount.split(':')[0] ?? '')
        .filter((from) => from.startsWith('.'))
      for (const path of [...programs, ...folders])
        expect(existsSync(resolve(repository, path)), path).toBe(true)
      if (build) expect(read('Dockerfile')).toContain(` AS ${build.target}\n`)
      else expect(image).toMatch(/:\d[\w.-]*@sha256:[0-9a-f]{64}$/)
    },
  )

  test.each(all)(
    '%s waits for services that exist: the lasting ones healthy, the others ended well',
    (_, { depends_on }) => {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(services)).toContain(name)
        if (condition === 'service_healthy') expect(services[name]?.healthcheck).toBeDefined()
      }
    },
  )

  test('mounts no volume that it does not declare', () => {
    const named = all.flatMap(([, { volumes: mounts }]) =>
      mounts.map((mount) => mount.split(':')[0] ?? ''),
    )
    expect(new Set(named.filter((from) => !from.startsWith('.')))).toEqual(
      new Set(Object.keys(volumes)),
    )
  })

  test.each(ours)('%s is given settings that obflow knows and accepts', (_, { environment }) => {
    const known = new Set(
      read('src/config.ts').match(/\b(OBFLOW_[A-Z_]+|DATABASE_URL|OTEL_[A-Z_]+)\b/g),
    )
    const names = Object.keys(environment)
    expect(
      names.filter((name) => !known.has(name) && !/^TEMPORAL_(ADDRESS|NAMESPACE)$/.test(name)),
    ).toEqual([])
    const settings = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, withDefaults(value)]),
    )
    expect(readConfig(settings)).toMatchObject({
      dataDir: '/var/lib/obflow',
      databaseUrl: expect.stringContaining('@postgresql:5432/obflow'),
    })
  })

  test('has a health check for each program of obflow that lasts', () => {
    for (const [name, { healthcheck }] of ours) expect(healthcheck, name).toBeDefined()
    expect(JSON.stringify(services.worker?.healthcheck)).toContain('127.0.0.1:9464/healthz')
    expect(withDefaults(services.worker?.environment.OBFLOW_METRICS_LISTEN ?? '')).toBe(
      '127.0.0.1:9464',
    )
  })

  test('with deploy/secrets/compose.yml gives obflow files instead of secrets', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'obflow-secrets-'))
    const files = {
      database_url: 'postgresql://obflow:x@postgresql:5432/obflow\n',
      admin_password: 'Word-1\n',
      key: `${'ab'.repeat(32)}\n`,
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
    const overlay = z
      .object({
        services: z.record(z.string(), z.object({ environment: z.record(z.string(), z.string()) })),
      })
      .parse(parse(read('deploy/secrets/compose.yml'), { merge: true }))
    for (const [name, { environment }] of Object.entries(overlay.services)) {
      const given = { ...services[name]?.environment, ...environment }
      const settings = Object.fromEntries(
        Object.entries(given).map(([key, value]) => [
          key,
          withDefaults(value).replace('/run/secrets', dir),
        ]),
      )
      expect(
        Object.values(settings).filter((value) => /DB_PASSWORD|ADMIN_PASSWORD/.test(value)),
      ).toEqual([])
      const { adminPassword, databaseUrl, key, keyFile } = readConfig(settings)
      expect({ databaseUrl, key, keyFile }).toEqual({
        databaseUrl: files.database_url.trim(),
        key: undefined,
        keyFile: join(dir, 'key'),
      })
      expect(adminPassword?.reveal()).toBe(name === 'api' ? 'Word-1' : undefined)
    }
    await rm(dir, { recursive: true })
  })

  test('takes its settings from variables that .env.example documents, with the same defaults', () => {
    const example = new Map(
      [...read('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    )
    expect(variables(source)).toEqual(new Set(example.keys()))
    for (const [, name = '', value] of source.matchAll(/\$\{(\w+):-([^}]*)\}/g))
      expect([name, value]).toEqual([name, example.get(name)])
  })

  test('has no password that is published, and a Web UI that only shows', () => {
    for (const name of ['TEMPORAL_DB_PASSWORD', 'OBFLOW_DB_PASSWORD', 'OBFLOW_ADMIN_PASSWORD']) {
      expect(source).toContain(`\${${name}:?`)
      expect(read('.env.example')).toMatch(new RegExp(`^${name}=$`, 'm'))
    }
    expect(services['temporal-ui']?.environment.TEMPORAL_DISABLE_WRITE_ACTIONS).toBe('true')
    for (const [, { ports }] of all)
      for (const port of ports) expect(withDefaults(port)).toMatch(/^127\.0\.0\.1:/)
  })

  test('builds on images that are pinned, too', () => {
    const images = [...read('Dockerfile').matchAll(/^ARG [A-Z]+=(.*)$/gm)].map(([, name]) => name)
    expect(images).toHaveLength(2)
    for (const image of images) expect(image).toMatch(/:[\w.-]+@sha256:[0-9a-f]{64}$/)
  })

  test('keeps the data of PostgreSQL where the image of its version has it', () => {
    const { image = '', volumes: mounts } = services.postgresql ?? { volumes: [] }
    expect(Number(/^postgres:(\d+)/.exec(image)?.[1])).toBeGreaterThanOrEqual(18)
    expect(mounts).toContain('postgresql:/var/lib/postgresql')
  })

  test.each(all)('%s keeps a bounded log', (_, { logging }) => {
    expect(logging?.options).toMatchObject({ 'max-size': '20m', 'max-file': '5' })
  })

  test('registers the search attributes that runs carry', () => {
    const script = read('deploy/temporal/namespace.sh')
    expect(script).toContain(`for name in ${Object.values(searchAttributes).join(' ')}; do`)
  })
})
