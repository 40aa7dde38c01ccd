import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openAlone } from '../test/api/alone.ts'

// Runs schemathesis over the OpenAPI document against an API with a store of its own, and counts
// what was answered.

const wanted = 2000
const schemathesis = fileURLToPath(new URL('../.tools/fuzz/bin/schemathesis', import.meta.url))

await using api = await openAlone()
const { app, folder, password } = api
// In a file, not in the command, which everybody on the machine can read.
const configuration = join(folder, 'schemathesis.toml')
const common = readFileSync(new URL('./schemathesis.toml', import.meta.url), 'utf8')
const login = `[auth.basic]\nusername = "admin"\npassword = ${JSON.stringify(password)}\n`
writeFileSync(configuration, `${common}\n${login}`, { mode: 0o600 })
const answers = new Map<number, number>()
app.addHook('onResponse', async (request, reply) => {
  answers.set(reply.statusCode, (answers.get(reply.statusCode) ?? 0) + 1)
  if (reply.statusCode >= 500)
    console.error(`${request.method} ${request.url} was answered ${reply.statusCode}`)
})
app.addHook('onError', async (request, _, error) => {
  if ((error.statusCode ?? 500) >= 500 && error.name !== 'Refused')
    console.error(request.method, request.url, error)
})
const url = await app.listen({ host: '127.0.0.1', port: 0 })
// Wrong logins and wrong own passwords would lock the client out, as they should: that has tests
// of its own. And a request may have the right form and yet be refused with 400, for what it
// asks.
const checks = ['--checks', 'all', '--exclude-checks', 'ignored_auth,positive_data_acceptance']
// Streams end when their tasks do.
const left = [
  '/api/v2/profiles/me/changePassword',
  '/api/v2/session',
  '/api/v2/tasks/instances/{id}/events',
  '/api/v2/tasks/instances/{id}/subtasks/{subtaskId}/log/events',
].flatMap((path) => ['--exclude-path', path])
const amount = [
  '--max-examples',
  '25',
  '--generation-database',
  'none',
  '--seed',
  '1',
  '--continue-on-failure',
]
const child = spawn(
  schemathesis,
  [
    '--config-file',
    configuration,
    'run',
    `${url}/api/v2/openapi.json`,
    ...checks,
    ...left,
    ...amount,
    ...process.argv.slice(2),
  ],
  { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
const [code] = await once(child, 'exit')
const total = [...answers.values()].reduce((sum, count) => sum + count, 0)
const broken = [...answers]
  .filter(([status]) => status >= 500)
  .reduce((sum, [, count]) => sum + count, 0)
console.log(
  `${total} requests, ${broken} answered 5xx; by status: ${JSON.stringify(Object.fromEntries([...answers].sort()))}`,
)
if (code !== 0 || broken > 0 || total < wanted) process.exitCode = 1
