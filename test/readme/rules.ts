import { bare, type Command } from './commands.ts'

/**
 * What the walk has to do for a command beside typing it: what comes before, and what must be seen.
 * See walk.ts.
 */
export const special = {
  'make demo': 'demo',
  'DEMO_EXIT=1 make demo': 'demoOnce',
  'make lab HOSTS=2': 'lab',
  'OBFLOW_ADMIN_PASSWORD=change-me make serve': 'serve',
  '. .data/lab.env; OBFLOW_LISTEN=0.0.0.0:8080 OBFLOW_PUBLIC_URL=http://$GATEWAY:8080 make serve':
    'serveHosts',
  'api \'/ob/clusters?dryRun=true\' -d "$CREATE"': 'dryRun',
  'api /tasks/instances/$TASK/retry -X POST': 'retry',
  'api /tasks/instances/$TASK/subtasks/$SUBTASK/retry -X POST': 'retrySubtask',
  'api /tasks/instances/$TASK/subtasks/$SUBTASK/skip -X POST': 'skipSubtask',
  'api /tasks/instances/$TASK/subtasks/$SUBTASK/cancel -X POST': 'cancelSubtask',
  'api /tasks/instances/$TASK/rollback -X POST': 'rollback',
  'curl -sS -u "admin:$OBFLOW_PASSWORD" -X POST http://127.0.0.1:8080/api/v2/tasks/instances/$TASK/downloadDiagnosis -o task.zip':
    'diagnosis',
  'api /obproxy/clusters -d \'{"name":"odp","workMode":"CONFIG_URL","obproxyInstallParam":{"hostIds":[2]}}\'':
    'waited',
  'mysql -h "$HOST2" -P 2883 -u root@sys#terran -p': 'mysql',
  'api /ob/clusters/1 -X DELETE': 'waited',
  '.tools/bin/node src/server.ts': 'server',
  '.tools/bin/node src/worker.ts': 'worker',
  '.tools/bin/obflow password admin': 'password',
  '.tools/bin/node src/worker/bundleProcess.ts >workflows.js': 'bundle',
} as const

export type Special = (typeof special)[keyof typeof special]

/**
 * Commands that are only typed: they have to end well, and an answer of the API has to be a
 * successful one.
 */
const typed = [
  /^(api|upload) /,
  /^(api|upload|login_key)\(\) /,
  /^\. \.data\/lab\.env$/,
  /^export OBFLOW_PASSWORD=/,
  /^CREATE=\$\(/,
  /^\.tools\/bin\/obflow watch \d+$/,
  /^export PATH=\$PWD\/\.tools\/bin:\$PATH$/,
  /^obflow init cluster\.yaml$/,
  /^make (help|setup|console)$/,
  /^cp \.env\.example \.env$/,
]

/** Commands that cannot be run here, and why. */
export const notRun: Readonly<Record<string, string>> = {
  'make test': 'runs all other tests',
  'make grown': 'is a test run of its own, of half an hour',
  '.tools/bin/obflow doctor --hosts 10.0.0.11,10.0.0.12 --key ~/.ssh/id_ed25519 --package server.rpm,libs.rpm --parameter memory_limit=16G':
    "looks at hosts and packages of one's own; test/cli/doctor.test.ts and test/lab/dryRun.test.ts run it",
  'tar -xzf obflow-*.tar.gz': 'needs a bundle; `make walk` unpacks one on a clean Debian',
  'export PATH=$(echo $PWD/obflow-*/bin):$PATH': 'needs a bundle; `make walk` types it',
  'obflow serve': 'needs a bundle; `make walk` types it',
  'obflow login': 'asks for a password; test/cli/prompts.test.ts answers it in a terminal',
  'obflow plan -f cluster.yaml':
    "looks at hosts of one's own; test/cli/topology/apply.test.ts runs it",
  'obflow apply -f cluster.yaml':
    "needs hosts of one's own; test/lab/create.test.ts and `make walk` run it",
  'obflow destroy -f cluster.yaml':
    "removes a cluster of one's own; test/cli/topology/apply.test.ts runs it",
  'obflow import': "reads a file of obd's; test/cli/topology/file.test.ts does",
  'docker compose up -d --build':
    'needs Docker; test/cli/compose.test.ts reads docker-compose.yml, and `make grown` runs what it says without Docker',
}

export type Rule =
  | { readonly how: Special }
  | { readonly how: 'typed' }
  | { readonly how: 'notRun'; readonly why: string }

const isSpecial = (text: string): text is keyof typeof special => Object.hasOwn(special, text)
const withoutRemark = (text: string): string => text.replace(/ +# .*$/, '')

/** What is done about a command; undefined: nothing knows it. */
export function ruleOf({ text }: Pick<Command, 'text'>): Rule | undefined {
  const whole = withoutRemark(text)
  if (isSpecial(whole)) return { how: special[whole] }
  const why = notRun[bare(text)]
  if (why !== undefined) return { how: 'notRun', why }
  return typed.some((known) => known.test(whole)) ? { how: 'typed' } : undefined
}
