import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { taskSchema } from '../../src/cli/taskSchema.ts'
import { connectSql } from '../../src/oceanbase/index.ts'
import { Secret, sql } from '../../src/quote.ts'
import { dump } from '../store/database.ts'
import { expectChain, workOfOneHost } from '../tracing/expectChain.ts'
import { leakFinder, textsIn } from './leaks.ts'
import { given, type SecretsRun, special, startSecretsRun } from './secretsRun.ts'

const agentSettings = /^home\/admin\/ocp_agent\/conf\/config_properties\/\w+\.yaml$/

/** Where a secret has to lie on a host in clear, for its owner's eyes only, and why. */
const needed: readonly { readonly path: RegExp; readonly secret: string; readonly why: string }[] =
  [
    {
      path: agentSettings,
      secret: 'cluster/1/ocp_monitor',
      why: 'the agent logs in to its observer with it',
    },
    {
      path: agentSettings,
      secret: 'cluster/1/agent',
      why: 'the agent knows by it who may call it',
    },
  ]

const openapi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

let run: SecretsRun
let finder: ReturnType<typeof leakFinder>

beforeAll(async () => {
  run = await startSecretsRun()
  finder = leakFinder(run.secrets)
}, 600_000)
afterAll(() => run?.[Symbol.asyncDispose]())

it('the search finds a secret however it is written down', () => {
  const secret = `p4ss'"\\ w0rd&é`
  const { namesIn } = leakFinder({ it: secret })
  const json = JSON.stringify({ a: [secret] })
  const forms = [
    json,
    JSON.stringify(json),
    `x=${encodeURIComponent(secret)}`,
    new URLSearchParams({ secret }).toString(),
    `'p4ss'\\''"\\ w0rd&é'`,
    `'p4ss''"\\\\ w0rd&é'`,
    ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${secret}after`).toString('base64')),
    Buffer.from(secret).toString('hex'),
    textsIn({ payloads: [{ data: Buffer.from(json) }] }),
  ]
  for (const form of forms) expect(namesIn(form), form).toEqual(['it'])
  expect(namesIn('p4ss')).toEqual([])
})

it('no process of the machine or a host was given a secret in its arguments or environment', () => {
  const { processes } = run
  expect(processes.some((words) => words.includes('bin/observer'))).toBe(true)
  expect(processes.some((words) => words.includes('bin/obproxy'))).toBe(true)
  expect(processes.filter((words) => finder.namesIn(words).length > 0)).toEqual([])
})

it('no secret is in the logs of API and worker, down to debug', () => {
  expect(
    run.logged().includes('"msg":"call that may change something"') &&
      run.logged().includes('Activity'),
  ).toBe(true)
  expect(finder.namesIn(run.logged())).toEqual([])
})

it('a create is one trace from its call to what it did on hosts, its failure and retry included, without a secret', async () => {
  const { collector, createTask } = run
  await expectChain(collector, {
    id: createTask,
    route: 'POST /api/v2/ob/clusters',
    workflow: 'createCluster',
    subtasks: workOfOneHost,
  })
  const failed = collector.spans.filter(({ attributes }) => attributes['error.type'] === 'OBE12000')
  expect(failed.map(({ name }) => name)).toEqual(['RunActivity:setSysPassword'])
  expect(finder.namesIn(JSON.stringify(collector.spans))).toEqual([])
})

it('no secret is in what Temporal keeps: histories, memos, search attributes, details', async () => {
  const workflows: string[] = []
  for await (const { workflowId } of run.scene.temporal.workflow.list()) {
    const handle = run.scene.temporal.workflow.getHandle(workflowId)
    const parts = [
      await handle.fetchHistory(),
      (await handle.describe()).raw,
      await handle.query('__temporal_workflow_metadata'),
    ]
    const text = textsIn(parts)
    expect(text.includes('activityId')).toBe(true)
    expect(finder.namesIn(text), workflowId).toEqual([])
    workflows.push(
      /^(create-cluster|create-obproxy-cluster|prepare-host)-.+-\d+$/.exec(workflowId)?.[1] ??
        workflowId,
    )
  }
  expect([...new Set(workflows)].sort()).toEqual([
    'create-cluster',
    'create-obproxy-cluster',
    'prepare-host',
  ])
})

it('no answer tells a secret: errors, diagnoses, and every GET there is', async () => {
  const { scene, answers, ask } = run
  const { paths } = openapi.parse(JSON.parse(await ask('GET', '/api/v2/openapi.json')))
  const list = z.object({ data: z.object({ contents: z.array(z.object({ id: z.number() })) }) })
  const tasks = list.parse(JSON.parse(await ask('GET', '/api/v2/tasks/instances?size=100'))).data
    .contents
  const gets = Object.entries(paths).flatMap(([path, methods]) => ('get' in methods ? [path] : []))
  const read = async (path: string) =>
    expect((await ask('GET', path)).includes('"status":500'), path).toBe(false)
  // Streams tell what other calls tell, and do not end while a task waits.
  const finite = gets.filter((each) => !each.endsWith('/events'))
  for (const path of finite.filter((each) => !each.includes('/sys-package/'))) {
    const ids = path.includes('/tasks')
      ? tasks.map(({ id }) => id)
      : path.includes('{id}')
        ? [1, 2, 3]
        : [0]
    for (const id of ids) {
      const filled = path.replace('{id}', String(id)).replace('{zoneName}', 'zone1')
      if (!filled.includes('{subtaskId}')) await read(filled)
      else {
        const { subtasks } = (await scene.api.get(`/api/v2/tasks/instances/${id}`, taskSchema)).data
        for (const subtask of subtasks)
          await read(filled.replace('{subtaskId}', String(subtask.id)))
      }
    }
  }
  for (const query of ['GetObProxyConfig', 'ObRootServiceInfo&ObRegion=zerg'])
    await read(`/services?Action=${query}`)
  const all = answers.join('\n')
  const told = [
    'CMP07015',
    'OBE12000',
    'COM10003',
    'ALTER USER',
    'by password',
    '"username":"alice"',
    'subtask_',
  ]
  expect(told.filter((part) => !all.includes(part))).toEqual([])
  expect(finder.namesIn(all)).toEqual([])
})

it('no secret is in the store in clear: neither in its tables nor in its files, nor beside them', async () => {
  expect(finder.namesIn(JSON.stringify(await dump(run.connection.db)))).toEqual([])
  expect(await finder.inFiles(run.dataDir)).toEqual([])
  expect(await finder.inFiles(run.scene.dataDir)).toEqual([])
})

it('on hosts a secret lies only where a program needs it, readable by its owner alone', async () => {
  const seen = new Set<(typeof needed)[number]>()
  for (const host of run.scene.lab.hosts) {
    const folders = [
      host.disk,
      ...['run', 'tmp', 'dev/shm', 'root', 'home'].map((name) => join(host.root, name)),
    ]
    for (const folder of folders) {
      for (const { path, name } of await finder.inFiles(folder)) {
        const where = relative(folder === host.disk ? host.disk : host.root, path)
        const entry = needed.find((each) => each.secret === name && each.path.test(where))
        expect(entry, `${name} is in ${where} of ${host.name}`).toBeDefined()
        expect((await stat(path)).mode & 0o077, where).toBe(0)
        if (entry) seen.add(entry)
      }
    }
  }
  expect([...seen]).toEqual(needed)
})

it('a server that repeats what it was told, cut anywhere, does not give a password away', async () => {
  const lines: string[] = []
  const session = await connectSql(
    {
      ip: run.scene.lab.hosts[0]?.ip ?? '',
      port: 2881,
      username: 'root@sys',
      password: new Secret(given['root@sys']),
    },
    { signal: new AbortController().signal, log: (_, line) => lines.push(line) },
  )
  try {
    for (const length of [10, 100, 1000]) {
      const password = new Secret(`${'Long-enough-'.repeat(length)}${special}`)
      for (const statement of [
        sql`ALTER USERS root IDENTIFIED BY ${password}`,
        sql`ALTER USER BY NONSENSE root IDENTIFIED BY ${password}`,
      ]) {
        const error = await session.run(statement).catch(String)
        expect(error).toContain('1064')
        expect([error, ...lines].join()).not.toContain('ong-enou')
      }
    }
  } finally {
    await session.close()
  }
})

it('the key that a host has shown first is pinned in the store', async () => {
  const said = await run.scene.lab.hosts[0]?.must([
    'ssh-keygen',
    '-l',
    '-f',
    '/etc/ssh/ssh_host_ed25519_key.pub',
  ])
  expect(said).toContain((await run.store.hosts.access(1)).hostKey)
})
