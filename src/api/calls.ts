import { z } from 'zod'
import { cluster, server, zone } from './schemas/clusters.ts'
import { contentsOf, nothing, one, pageOf } from './schemas/envelope.ts'
import { accessKey, createdAccessKey, role, user } from './schemas/iam.ts'
import { addedHosts, credential, host, hostType, idc, region, softwarePackage } from './schemas/inventory.ts'
import { obproxyCluster, obproxyTask, serviceAnswer, serviceRefusal } from './schemas/obproxy.ts'
import { basicTask, createdTask, plannedTask, rehearsal, subtask, subtaskLog, task } from './schemas/tasks.ts'

/** What a call is for and how it answers when all is well; how it fails is the same for all. */
export interface Call {
  readonly summary: string
  /** JSON in the shape of this schema. */
  readonly reply?: z.ZodType
  /** Another content type than JSON. */
  readonly bare?: { readonly type: string; readonly schema: z.ZodType }
  /** A form field that takes a file. */
  readonly upload?: string
  /** HTTP statuses beside 200 that mean an answer and not an error, with that shape. */
  readonly also?: Readonly<Record<number, z.ZodType>>
}

const text = { type: 'text/plain', schema: z.string() }

/** The same calls below each of several paths. */
const below = (paths: readonly string[], calls: Readonly<Record<string, Call>>): Record<string, Call> =>
  Object.fromEntries(
    paths.flatMap((path) => Object.entries(calls).map(([call, facts]) => [call.replace(' ', ` ${path}`), facts])),
  )

const part = z.enum(['okay', 'away'])
const health = z.strictObject({
  status: z.enum(['okay', 'bad']),
  store: z.enum([...part.options, 'full']),
  temporal: part,
  workers: z.enum([...part.options, 'unknown']),
})
const info = z.strictObject({
  artifact: z.string(),
  buildVersion: z.string(),
  group: z.string(),
  name: z.string(),
  nodeVersion: z.string(),
})

/** Every call that is served, `METHOD path`. The document is made of this and of the schemas that validate; the tests hold every reply against it. */
const calls: Readonly<Record<string, Call>> = {
  'POST /api/v2/ob/clusters': {
    summary: 'Create a cluster; with dryRun=true only say what would be',
    reply: one(z.union([createdTask, plannedTask])),
  },
  'GET /api/v2/ob/clusters': { summary: 'Clusters', reply: pageOf(cluster) },
  'GET /api/v2/ob/clusters/:id': { summary: 'A cluster', reply: one(cluster) },
  'DELETE /api/v2/ob/clusters/:id': { summary: 'Delete a cluster', reply: one(z.union([createdTask, rehearsal])) },
  'GET /api/v2/ob/clusters/:id/zones': { summary: 'Zones of a cluster', reply: contentsOf(zone) },
  'GET /api/v2/ob/clusters/:id/servers': { summary: 'Servers of a cluster', reply: contentsOf(server) },
  'GET /api/v2/ob/clusters/:id/zones/:zoneName/servers': { summary: 'Servers of a zone', reply: contentsOf(server) },
  'GET /api/v2/clusters/:id/zones/:zoneName/servers': { summary: 'Servers of a zone', reply: contentsOf(server) },

  'GET /api/v2/tasks/instances': { summary: 'Tasks', reply: pageOf(basicTask) },
  ...below(['/api/v2/tasks/instances', '/api/v2/tasks'], {
    'GET /:id': { summary: 'A task with its subtasks', reply: one(task) },
    'POST /:id/retry': { summary: 'Retry what failed', reply: one(task) },
    'POST /:id/rollback': { summary: 'Take back what was made', reply: one(task) },
    'POST /:id/subtasks/:subtaskId/retry': { summary: 'Retry a failed subtask', reply: one(subtask) },
    'POST /:id/subtasks/:subtaskId/skip': { summary: 'Take a failed subtask as done', reply: nothing },
    'POST /:id/subtasks/:subtaskId/cancel': { summary: 'Stop a running subtask', reply: nothing },
  }),
  ...below(['/api/v1/tasks/instances', '/api/v2/tasks/instances'], {
    'POST /:id/downloadDiagnosis': {
      summary: 'All about a task, as a zip',
      bare: { type: 'application/zip', schema: z.string() },
    },
  }),
  'GET /api/v2/tasks/instances/:id/subtasks/:subtaskId/log': { summary: 'The log of a subtask', reply: one(subtaskLog) },

  'POST /api/v2/compute/hosts/batchCreate': { summary: 'Add hosts', reply: one(addedHosts) },
  'GET /api/v2/compute/hosts': { summary: 'Hosts', reply: pageOf(host) },
  'GET /api/v2/compute/hosts/:id': { summary: 'A host', reply: one(host) },
  'POST /api/v2/compute/hosts/:id/acceptHostKey': { summary: 'Take a changed SSH host key as the right one', reply: nothing },
  'DELETE /api/v2/compute/hosts/:id': { summary: 'Remove a host', reply: nothing },
  'POST /api/v2/compute/hosts/batchDelete': { summary: 'Remove hosts', reply: nothing },

  'POST /api/v2/compute/regions': { summary: 'Add a region', reply: one(region) },
  'GET /api/v2/compute/regions': { summary: 'Regions', reply: pageOf(region) },
  'GET /api/v2/compute/regions/:id': { summary: 'A region', reply: one(region) },
  'DELETE /api/v2/compute/regions/:id': { summary: 'Remove a region', reply: nothing },
  'POST /api/v2/compute/idcs': { summary: 'Add an IDC', reply: one(idc) },
  'GET /api/v2/compute/idcs': { summary: 'IDCs', reply: pageOf(idc) },
  'GET /api/v2/compute/idcs/:id': { summary: 'An IDC', reply: one(idc) },
  'DELETE /api/v2/compute/idcs/:id': { summary: 'Remove an IDC', reply: nothing },
  'POST /api/v2/compute/hostTypes': { summary: 'Add a host type', reply: one(hostType) },
  'GET /api/v2/compute/hostTypes': { summary: 'Host types', reply: pageOf(hostType) },
  'GET /api/v2/compute/hostTypes/:id': { summary: 'A host type', reply: one(hostType) },
  'DELETE /api/v2/compute/hostTypes/:id': { summary: 'Remove a host type', reply: nothing },

  'GET /api/v2/iam/users': { summary: 'Users', reply: pageOf(user) },
  'GET /api/v2/iam/users/:id': { summary: 'A user', reply: one(user) },
  'POST /api/v2/iam/users': { summary: 'Add a user', reply: one(user) },
  'PUT /api/v2/iam/users/:id/roles': { summary: 'Give a user these roles', reply: one(user) },
  'DELETE /api/v2/iam/users/:id': { summary: 'Remove a user', reply: nothing },
  'GET /api/v2/iam/roles': { summary: 'Roles and what they may do', reply: contentsOf(role) },
  'GET /api/v2/profiles/me': { summary: 'Who calls', reply: one(user) },
  'POST /api/v2/profiles/me/changePassword': { summary: "Change one's own password", reply: nothing },
  'GET /api/v2/profiles/me/accessKeys': { summary: "One's own access keys", reply: contentsOf(accessKey) },
  'POST /api/v2/profiles/me/accessKeys': { summary: 'Make an access key', reply: one(createdAccessKey) },
  'DELETE /api/v2/profiles/me/accessKeys/:accessKeyId': { summary: 'Remove an access key', reply: nothing },
  'POST /api/v2/profiles/me/credentials': { summary: 'Add a login for hosts', reply: one(credential) },
  'GET /api/v2/profiles/me/credentials': { summary: 'Logins for hosts', reply: pageOf(credential) },
  'GET /api/v2/profiles/me/credentials/:id': { summary: 'A login for hosts', reply: one(credential) },
  'PUT /api/v2/profiles/me/credentials/:id': { summary: 'Change a login for hosts', reply: one(credential) },
  'PATCH /api/v2/profiles/me/credentials/:id': { summary: 'Change a login for hosts', reply: one(credential) },
  'DELETE /api/v2/profiles/me/credentials/:id': { summary: 'Remove a login for hosts', reply: nothing },

  'POST /api/v2/obproxy/clusters': { summary: 'Create an OBProxy cluster', reply: one(z.union([obproxyTask, rehearsal])) },
  'GET /api/v2/obproxy/clusters': { summary: 'OBProxy clusters', reply: pageOf(obproxyCluster) },
  'GET /api/v2/obproxy/clusters/:id': { summary: 'An OBProxy cluster', reply: one(obproxyCluster) },
  'PUT /api/v2/obproxy/clusters/:id': { summary: 'Change where clients of proxies go', reply: one(obproxyCluster) },
  'DELETE /api/v2/obproxy/clusters/:id': { summary: 'Delete an OBProxy cluster', reply: one(z.union([obproxyTask, rehearsal])) },
  'POST /api/v2/obproxy/clusters/:id/obLinks/batchAdd': {
    summary: 'Let proxies serve clusters',
    reply: z.union([nothing, one(rehearsal)]),
  },
  'DELETE /api/v2/obproxy/clusters/:id/obLinks/:obClusterName': {
    summary: 'Take a cluster from proxies',
    reply: z.union([nothing, one(rehearsal)]),
  },
  'GET /services': {
    summary: 'Root servers of clusters, for observers and proxies',
    bare: { type: 'application/json', schema: serviceAnswer },
    also: { 400: serviceRefusal, 404: serviceRefusal },
  },

  'POST /api/v2/software-packages': { summary: 'Upload a package', reply: one(softwarePackage), upload: 'file' },
  'GET /api/v2/software-packages': { summary: 'Packages', reply: pageOf(softwarePackage) },
  'DELETE /api/v2/software-packages/:id': { summary: 'Remove a package', reply: nothing },
  'GET /api/v2/files/sys-package/:fileName': {
    summary: 'Download a package',
    bare: { type: 'application/x-rpm', schema: z.string() },
  },

  'GET /api/v2/time': { summary: 'The time here', bare: text },
  'GET /api/v2/info': { summary: 'What this is', reply: info },
  'GET /api/status': { summary: 'Whether it is well', bare: text, also: { 503: z.string() } },
  'GET /healthz': {
    summary: 'Whether this process serves',
    reply: z.strictObject({ status: z.literal('okay') }),
    also: { 503: z.strictObject({ status: z.literal('bad'), cause: z.string() }) },
  },
  'GET /readyz': { summary: 'Whether store, Temporal and workers are there', reply: health, also: { 503: health } },
}

/** The entry of a route; of several methods that do the same, the first's. */
export const callOf = ({
  method,
  url,
}: {
  readonly method: string | readonly string[]
  readonly url: string
}): Call | undefined => calls[`${[method].flat()[0]} ${url}`]
