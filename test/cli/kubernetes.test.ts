import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'
import { environment } from '../../src/environment.ts'
import { fileSettings } from '../../src/settingFiles.ts'
import { parseKeys } from '../../src/store/index.ts'
import { commandsOf } from '../readme/commands.ts'

const repository = resolve(import.meta.dirname, '../..')
const folder = 'deploy/kubernetes'
const read = (path: string): string => readFileSync(resolve(repository, path), 'utf8')

const labels = z.record(z.string(), z.string())
const port = z.union([z.string(), z.number()])
const probe = z.object({
  httpGet: z.object({ path: z.string(), port }).optional(),
  tcpSocket: z.object({ port }).optional(),
  exec: z.object({ command: z.array(z.string()) }).optional(),
})
const container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).default([]),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  securityContext: z.unknown(),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  resources: z.object({
    requests: z.record(z.string(), z.string()),
    limits: z.object({ memory: z.string() }),
  }),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
})
const template = z.object({
  metadata: z.object({ labels }),
  spec: z.object({
    automountServiceAccountToken: z.literal(false),
    enableServiceLinks: z.literal(false),
    securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.number().min(1) }),
    initContainers: z.array(container).default([]),
    containers: z.array(container),
    volumes: z.array(z.looseObject({ name: z.string() })),
  }),
})
const object = z.looseObject({
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.unknown().optional(),
})

const objects = globSync(`${folder}/**/*.yaml`, { cwd: repository })
  .filter((path) => !path.endsWith('kustomization.yaml'))
  .flatMap((path) =>
    parseAllDocuments(read(path), { merge: true }).map((document) => object.parse(document.toJS())),
  )
const ofKind = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind))
const workloads = ofKind('Deployment', 'StatefulSet', 'Job').map(({ metadata, spec }) => {
  const found = z.object({ template, replicas: z.number().optional() }).parse(spec)
  const volumeClaims = z
    .object({ volumeClaimTemplates: z.array(object.pick({ metadata: true })).default([]) })
    .parse(spec)
  return { name: metadata.name, ...found, ...volumeClaims }
})
const containers = workloads.flatMap(({ name, template: { spec } }) =>
  [...spec.initContainers, ...spec.containers].map((each) => ({ of: name, ...each })),
)
const named = (name: string) => {
  const found = containers.find((each) => each.name === name)
  if (!found) throw new Error(`no container ${name}`)
  return found
}
const settings = ofKind('ConfigMap').find(({ metadata }) => metadata.name === 'obflow')?.data ?? {}
const valuesOf = (each: (typeof containers)[number]): Record<string, string> =>
  Object.fromEntries(
    each.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  )

const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        image: z.string(),
        command: z.array(z.string()).optional(),
        entrypoint: z.array(z.string()).optional(),
        environment: labels.default({}),
      }),
    ),
  })
  .parse(parse(read('docker-compose.yml'), { merge: true })).services

/** Which service of docker-compose.yml a container is. */
const services: Readonly<Record<string, string>> = {
  api: 'api',
  worker: 'worker',
  postgresql: 'postgresql',
  schema: 'temporal-schema',
  temporal: 'temporal',
  namespace: 'temporal-namespace',
}

describe('deploy/kubernetes', () => {
  test('starts what docker-compose.yml starts, but for the Web UI and test hosts', () => {
    expect(containers.map(({ name }) => services[name]).sort()).toEqual(
      Object.keys(compose)
        .filter((name) => !/^(temporal-ui|lab|lab-worker)$/.test(name))
        .sort(),
    )
    for (const name of ['api', 'worker'])
      expect(workloads.find((each) => each.name === name)?.replicas).toBe(2)
  })

  test.each(containers)('$name is the image and the command of docker-compose.yml', (each) => {
    const service = compose[services[each.name] ?? '']
    expect(each.image).toBe(service?.image)
    expect(each.command).toEqual(service?.command ?? service?.entrypoint ?? [])
    if (!['api', 'worker'].includes(each.name)) {
      const { HOME: _, DYNAMIC_CONFIG_FILE_PATH: __, ...values } = valuesOf(each)
      expect(service?.environment).toMatchObject(values)
      const names = each.env.map(({ name }) => name).filter((name) => name !== 'HOME')
      expect(names.sort()).toEqual(Object.keys(service?.environment ?? {}).sort())
    }
  })

  test.each(['api', 'worker'])('%s is given settings that obflow knows and accepts', (name) => {
    const values = { ...settings, ...valuesOf(named(name)) }
    const known = new Set([
      ...Object.keys(environment.shape),
      ...fileSettings.map((setting) => `${setting}_FILE`),
      ...['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'NODE_COMPILE_CACHE'],
    ])
    expect(Object.keys(values).filter((key) => !known.has(key))).toEqual([])
    const withSecrets = Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        const setting = key.replace(/_FILE$/, '')
        if (!fileSettings.some((each) => each === setting)) return [key, value]
        return [
          setting,
          setting === 'DATABASE_URL' ? 'postgresql://obflow:x@postgresql/obflow' : 'Word-1-x',
        ]
      }),
    )
    const mounted = named(name).volumeMounts.map(({ mountPath }) => mountPath)
    for (const [key, path] of Object.entries(values).filter(([key]) =>
      /_FILE$|_DIR$|_CACHE$/.test(key),
    ))
      expect(
        mounted.some((mount) => path.startsWith(`${mount}/`)),
        key,
      ).toBe(true)
    expect(readConfig(withSecrets)).toMatchObject({
      taskQueue: 'obflow',
      metrics: { host: '0.0.0.0', port: 9464 },
      ...(name === 'api' && { listen: { host: '0.0.0.0', port: 8080 } }),
    })
  })

  test('asks at paths and ports that are there', () => {
    const paths = { http: ['/healthz', '/readyz'], metrics: ['/healthz'] }
    for (const path of paths.http) expect(read('src/api/meta.ts')).toContain(`'${path}'`)
    expect(read('src/metrics/door.ts')).toContain("'/healthz'")
    for (const each of containers)
      for (const { httpGet, tcpSocket } of [
        each.startupProbe,
        each.livenessProbe,
        each.readinessProbe,
      ].flatMap((found) => found ?? [])) {
        const at = httpGet?.port ?? tcpSocket?.port
        if (at !== undefined) expect(each.ports.map(({ name }) => name)).toContain(at)
        if (httpGet)
          expect(Object.entries(paths).find(([name]) => name === at)?.[1]).toContain(httpGet.path)
      }
    const ports = (name: string) =>
      Object.fromEntries(named(name).ports.map((each) => [each.name, each.containerPort]))
    expect([ports('api'), ports('worker')]).toEqual([
      { http: 8080, metrics: 9464 },
      { metrics: 9464 },
    ])
  })

  test('lasting programs are looked at, and say what they need', () => {
    for (const {
      template: { spec },
      name,
    } of workloads.filter(({ name }) => name !== 'temporal-namespace'))
      for (const { livenessProbe, readinessProbe, resources } of spec.containers) {
        expect([name, livenessProbe, readinessProbe]).not.toContain(undefined)
        expect(Object.keys(resources.requests)).toEqual(['cpu', 'memory'])
      }
  })

  test.each(containers)('$name may not be root, gain rights or write into its image', (each) => {
    expect(each.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  test('services, budgets and network rules are about pods that are there, at ports that they open', () => {
    const pods = workloads.map(({ template: { metadata, spec } }) => ({
      labels: metadata.labels,
      spec,
    }))
    const chosen = (wanted: Record<string, string>) =>
      pods.filter(({ labels: own }) =>
        Object.entries(wanted).every(([key, value]) => own[key] === value),
      )
    const selectors = (node: unknown): Record<string, string>[] => {
      if (typeof node !== 'object' || node === null) return []
      const own = z.object({ matchLabels: labels }).safeParse(node)
      return [
        ...(own.success ? [own.data.matchLabels] : []),
        ...Object.values(node).flatMap(selectors),
      ]
    }
    for (const { spec, metadata } of ofKind('PodDisruptionBudget', 'NetworkPolicy'))
      for (const wanted of selectors(spec))
        expect([metadata.name, chosen(wanted).length]).not.toContain(0)
    const service = z.object({
      selector: labels,
      ports: z.array(z.object({ port: z.number(), targetPort: z.string() })),
    })
    const opened = new Map(
      ofKind('Service').map(({ metadata, spec }) => {
        const { selector, ports } = service.parse(spec)
        const there = chosen(selector).flatMap((pod) =>
          pod.spec.containers.flatMap((each) => each.ports),
        )
        for (const { port: number, targetPort } of ports)
          expect(there).toContainEqual({ name: targetPort, containerPort: number })
        return [metadata.name, ports.map((each) => each.port)] as const
      }),
    )
    expect(opened.get('temporal')?.map((number) => `temporal:${number}`)).toEqual([
      settings.TEMPORAL_ADDRESS,
    ])
    for (const key of ['POSTGRES_SEEDS', 'DB_PORT'] as const)
      expect(['postgresql', String(opened.get('postgresql')?.[0])]).toContain(
        valuesOf(named('schema'))[key],
      )
  })

  test('mounts volumes that its pods have', () => {
    for (const {
      template: { spec },
      volumeClaimTemplates,
    } of workloads) {
      const volumes = [
        ...spec.volumes.map(({ name }) => name),
        ...volumeClaimTemplates.map(({ metadata }) => metadata.name),
      ]
      for (const { volumeMounts } of [...spec.initContainers, ...spec.containers])
        for (const { name } of volumeMounts) expect(volumes).toContain(name)
    }
  })

  test('names secrets and keys that the guide lets you make, and holds none', () => {
    expect(ofKind('Secret')).toEqual([])
    const guide = read('docs/grown.md')
    const keys = [...guide.matchAll(/--from-(?:file|literal)=(\w+)=/g)].map(([, key]) => key)
    const used = containers
      .flatMap(({ env }) => env)
      .flatMap(({ valueFrom }) => {
        const found = z
          .object({ secretKeyRef: z.object({ name: z.literal('databases'), key: z.string() }) })
          .safeParse(valueFrom)
        return found.success ? [found.data.secretKeyRef.key] : []
      })
    const files = Object.values({ ...settings, ...valuesOf(named('api')) }).flatMap((value) =>
      value.startsWith('/run/secrets/obflow/') ? [value.replace('/run/secrets/obflow/', '')] : [],
    )
    expect(new Set(keys)).toEqual(new Set([...used, ...files]))
  })

  test('are given secrets by what the guide has one type, which nobody else may read', () => {
    const [type] = commandsOf(read('docs/grown.md')).filter(({ text }) => text.includes('secrets'))
    const dir = mkdtempSync(join(tmpdir(), 'obflow-secrets-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    execFileSync('bash', ['-c', type?.text ?? 'exit 1'], { cwd: dir, input: 'of my own\n' })
    const made = Object.fromEntries(
      readdirSync(join(dir, 'secrets')).map((name) => {
        const path = join(dir, 'secrets', name)
        expect(statSync(path).mode & 0o77, name).toBe(0)
        return [name, readFileSync(path, 'utf8')]
      }),
    )
    expect(Object.keys(made).sort()).toEqual(
      ['admin_password', 'database_url', 'key', 'metrics_token', 'obflow', 'temporal'].sort(),
    )
    expect(made.admin_password).toBe('of my own')
    expect(new URL(made.database_url ?? '').password).toBe(made.obflow)
    expect(() => parseKeys(made.key ?? '')).not.toThrow()
  })

  test('kustomizations list files that are there, and each file is listed', () => {
    const listed = globSync(['deploy/**/kustomization.yaml'], { cwd: repository }).flatMap(
      (path) => {
        const { resources = [], configMapGenerator = [] } = z
          .looseObject({
            resources: z.array(z.string()).optional(),
            configMapGenerator: z.array(z.object({ files: z.array(z.string()) })).optional(),
          })
          .parse(parse(read(path)))
        return [...resources, ...configMapGenerator.flatMap(({ files }) => files)].map((name) =>
          join(dirname(path), name),
        )
      },
    )
    for (const path of listed) expect(globSync(path, { cwd: repository })).toEqual([path])
    for (const path of globSync(`${folder}/**/*.yaml`, { cwd: repository }).filter(
      (each) => !each.endsWith('kustomization.yaml'),
    ))
      expect(listed).toContain(path)
  })
})
