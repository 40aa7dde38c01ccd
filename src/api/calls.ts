import { z } from 'zod'
import { cluster, server, zone } from './schemas/clusters.ts'
import { contentsOf, nothing, one, pageOf, perhaps } from './schemas/envelope.ts'
import { accessKey, createdAccessKey, role, user } from './schemas/iam.ts'
import {
  addedHosts,
  credential,
  host,
  hostType,
  idc,
  region,
  softwarePackage,
} from './schemas/inventory.ts'
import { obproxyCluster, obproxyTask, serviceAnswer, serviceRefusal } from './schemas/obproxy.ts'
import {
  basicTask,
  createdTask,
  plannedTask,
  rehearsal,
  subtask,
  subtaskLog,
  task,
} from './schemas/tasks.ts'

/** What a call is for and how it answers when all is well; how it fails is the same for all. */
export interface Call {
  /** Its name in generated clients, one of its own. */
  readonly id: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** JSON in the shape of this schema. */
  readonly reply?: z.ZodType
  /** Another content type than JSON. */
  readonly bare?: { readonly type: string; readonly schema: z.ZodType }
  /** A form field that takes a file. */
  readonly upload?: string
  /** HTTP statuses beside 200 that mean an answer and not an error, with that shape. */
  readonly also?: Readonly<Record<number, z.ZodType>>
  /** The shape of its refusals where it is not OCP's. */
  readonly refusal?: z.ZodType
}

/** The chapters of the document. */
export const tags = {
  Clusters:
    'OceanBase clusters: create, look at, delete. A create or a delete answers with a task at once.',
  Tasks:
    'What runs on hosts: each task is a graph of subtasks. What failed can be retried, skipped, canceled or rolled back.',
  Hosts: 'Machines that clusters are installed on. A host is usable when its status is AVAILABLE.',
  Places: 'Where hosts stand and what they are: regions, IDCs in regions, host types.',
  Credentials: 'SSH logins that hosts are reached with.',
  Packages: 'RPM files that are installed on hosts: OceanBase, OBProxy, the OCP agent.',
  OBProxy: 'OBProxy clusters, and which OceanBase clusters they serve.',
  Users: 'Who may call, and with which roles.',
  Profile: "The caller's own password and access keys.",
  Service: 'Health, version and time of this service, and root servers for observers and proxies.',
} as const

export type Tag = keyof typeof tags

type Untagged = Omit<Call, 'tag'>

const of = (tag: Tag, calls: Readonly<Record<string, Untagged>>): Record<string, Call> =>
  Object.fromEntries(Object.entries(calls).map(([call, facts]) => [call, { ...facts, tag }]))

/** Bytes, in the form of a generated client. */
const bytes = z.string().meta({ wire: { type: 'string', format: 'binary' } })
const text = { type: 'text/plain', schema: z.string() }

/** The same calls below each of several paths; `suffix` keeps their ids apart. */
const below = (
  paths: Readonly<Record<string, string>>,
  calls: Readonly<Record<string, Untagged>>,
): Record<string, Untagged> =>
  Object.fromEntries(
    Object.entries(paths).flatMap(([path, suffix]) =>
      Object.entries(calls).map(([call, facts]) => [
        call.replace(' ', ` ${path}`),
        { ...facts, id: `${facts.id}${suffix}` },
      ]),
    ),
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

/** List, get, add and remove of something that has a name. */
const named = (
  path: string,
  name: string,
  names: string,
  words: { a: string; all: string },
  reply: z.ZodType,
) => ({
  [`POST ${path}`]: { id: `create${name}`, summary: `Add ${words.a}`, reply: one(reply) },
  [`GET ${path}`]: { id: `list${names}`, summary: `List ${words.all}`, reply: pageOf(reply) },
  [`GET ${path}/:id`]: { id: `get${name}`, summary: `Get ${words.a}`, reply: one(reply) },
  [`DELETE ${path}/:id`]: {
    id: `delete${name}`,
    summary: `Remove ${words.a}`,
    description: 'Refused with 409 while something refers to it.',
    reply: nothing,
  },
})

const asTask =
  'The answer is a task that has just started: poll `GET /api/v2/tasks/instances/{id}` until its status is SUCCESSFUL or FAILED.'
const zoneServers = { summary: 'List the servers of a zone', reply: contentsOf(server) }
const changeCredential = {
  summary: 'Change a credential',
  description:
    'Only what is given changes. Hosts that use the credential use the new login from then on.',
  reply: one(credential),
}
const changeObproxy = {
  summary: 'Change the address of an OBProxy cluster',
  description: 'Sets the address and port that clients are told. Nothing on hosts changes.',
  reply: one(obproxyCluster),
}

/**
 * Every call that is served, `METHOD path`. The document is made of this and of the schemas that
 * validate; the tests hold every reply against it.
 */
const calls: Readonly<Record<string, Call>> = {
  ...of('Clusters', {
    'POST /api/v2/ob/clusters': {
      id: 'createObCluster',
      summary: 'Create a cluster',
      description: `Installs OceanBase on the hosts of the request and starts the cluster. ${asTask} With \`dryRun=true\` nothing is created: the answer is the task as it would run, with \`admission\` (what is wrong with the request) and \`preCheck\` (what is wrong with the hosts). With a \`clientToken\` the same request may be sent again safely.`,
      reply: one(z.union([createdTask, plannedTask])),
    },
    'GET /api/v2/ob/clusters': {
      id: 'listObClusters',
      summary: 'List clusters',
      reply: pageOf(cluster),
    },
    'GET /api/v2/ob/clusters/:id': {
      id: 'getObCluster',
      summary: 'Get a cluster',
      reply: one(cluster),
    },
    'DELETE /api/v2/ob/clusters/:id': {
      id: 'deleteObCluster',
      summary: 'Delete a cluster',
      description: `Stops the cluster, removes its data and frees its hosts. It cannot be rolled back. ${asTask}`,
      reply: one(z.union([createdTask, rehearsal])),
    },
    'POST /api/v2/ob/clusters/:id/restart': {
      id: 'restartObCluster',
      summary: 'Restart a cluster',
      description: `Restarts every observer: with three zones or more one zone after the other, while the cluster serves; with fewer all at once, and the cluster does not serve meanwhile. The \`note\` of a dry run says which. It cannot be rolled back. ${asTask}`,
      reply: one(z.union([createdTask, rehearsal])),
    },
    'GET /api/v2/ob/clusters/:id/zones': {
      id: 'listObZones',
      summary: 'List the zones of a cluster',
      reply: contentsOf(zone),
    },
    'GET /api/v2/ob/clusters/:id/servers': {
      id: 'listObServers',
      summary: 'List the servers of a cluster',
      reply: contentsOf(server),
    },
    'GET /api/v2/ob/clusters/:id/zones/:zoneName/servers': {
      id: 'listObZoneServers',
      ...zoneServers,
    },
    'GET /api/v2/clusters/:id/zones/:zoneName/servers': {
      id: 'listZoneServers',
      ...zoneServers,
      description:
        "The same as below `/api/v2/ob/clusters`, under the path that OCP's older pages print.",
    },
  }),

  ...of('Tasks', {
    'GET /api/v2/tasks/instances': {
      id: 'listTaskInstances',
      summary: 'List tasks',
      reply: pageOf(basicTask),
    },
    ...below(
      { '/api/v2/tasks/instances': 'Instance', '/api/v2/tasks': '' },
      {
        'GET /:id': {
          id: 'getTask',
          summary: 'Get a task with its subtasks',
          description:
            'A FAILED subtask carries `error`: a code, what was seen, what mends it and on which host.',
          reply: one(task),
        },
        'POST /:id/retry': {
          id: 'retryTask',
          summary: 'Retry a task',
          description:
            'Runs every FAILED subtask again. Only a FAILED task can be retried, and not while it rolls back.',
          reply: one(task),
        },
        'POST /:id/rollback': {
          id: 'rollbackTask',
          summary: 'Roll back a task',
          description:
            'Removes what the task has made, in reverse order, and nothing else. Only a FAILED task can be rolled back. With `dryRun=true` it answers what would be undone, and where to look.',
          reply: one(z.union([task, rehearsal])),
        },
        'POST /:id/subtasks/:subtaskId/retry': {
          id: 'retrySubtask',
          summary: 'Retry a subtask',
          description: 'Runs one FAILED subtask again.',
          reply: one(subtask),
        },
        'POST /:id/subtasks/:subtaskId/skip': {
          id: 'skipSubtask',
          summary: 'Skip a subtask',
          description:
            'Counts a FAILED subtask as done without running it. Refused where `prohibitSkip` is true.',
          reply: nothing,
        },
        'POST /:id/subtasks/:subtaskId/cancel': {
          id: 'cancelSubtask',
          summary: 'Cancel a subtask',
          description: 'Stops a RUNNING subtask, on its host too. It is FAILED then.',
          reply: nothing,
        },
      },
    ),
    ...below(
      { '/api/v1/tasks/instances': 'V1', '/api/v2/tasks/instances': '' },
      {
        'POST /:id/downloadDiagnosis': {
          id: 'downloadTaskDiagnosis',
          summary: 'Download a task as a zip',
          description: 'Its graph, its context, and a log file for each run of each subtask.',
          bare: { type: 'application/zip', schema: bytes },
        },
      },
    ),
    'GET /api/v2/tasks/instances/:id/subtasks/:subtaskId/log': {
      id: 'getSubtaskLog',
      summary: 'Get the log of a subtask',
      reply: one(subtaskLog),
    },
  }),

  ...of('Hosts', {
    'POST /api/v2/compute/hosts/batchCreate': {
      id: 'createHosts',
      summary: 'Add hosts',
      description:
        'Connects to each host, checks it and installs the OCP agent. Each host has a task of its own: poll each of `contents`.',
      reply: one(addedHosts),
    },
    'GET /api/v2/compute/hosts': { id: 'listHosts', summary: 'List hosts', reply: pageOf(host) },
    'GET /api/v2/compute/hosts/:id': { id: 'getHost', summary: 'Get a host', reply: one(host) },
    'PATCH /api/v2/compute/hosts/:id': {
      id: 'updateHost',
      summary: 'Exchange the credential of a host',
      description:
        'The host is logged in to with another credential from now on. Nothing changes for other hosts.',
      reply: one(host),
    },
    'POST /api/v2/compute/hosts/:id/acceptHostKey': {
      id: 'acceptHostKey',
      summary: 'Accept a changed SSH host key',
      description:
        'A host whose key has changed is refused until its new key is accepted here, for example after it was installed anew.',
      reply: nothing,
    },
    'DELETE /api/v2/compute/hosts/:id': {
      id: 'deleteHost',
      summary: 'Remove a host',
      description:
        'Forgets the host. What is installed on it stays. Refused while it serves a cluster or a task works on it.',
      reply: nothing,
    },
    'POST /api/v2/compute/hosts/batchDelete': {
      id: 'deleteHosts',
      summary: 'Remove hosts',
      description: 'All of them or none.',
      reply: nothing,
    },
  }),

  ...of('Places', {
    ...named(
      '/api/v2/compute/regions',
      'Region',
      'Regions',
      { a: 'a region', all: 'regions' },
      region,
    ),
    ...named('/api/v2/compute/idcs', 'Idc', 'Idcs', { a: 'an IDC', all: 'IDCs' }, idc),
    ...named(
      '/api/v2/compute/hostTypes',
      'HostType',
      'HostTypes',
      { a: 'a host type', all: 'host types' },
      hostType,
    ),
  }),

  ...of('Users', {
    'GET /api/v2/iam/users': { id: 'listUsers', summary: 'List users', reply: pageOf(user) },
    'GET /api/v2/iam/users/:id': { id: 'getUser', summary: 'Get a user', reply: one(user) },
    'POST /api/v2/iam/users': { id: 'createUser', summary: 'Add a user', reply: one(user) },
    'PUT /api/v2/iam/users/:id/roles': {
      id: 'setUserRoles',
      summary: 'Set the roles of a user',
      description: 'The user has these roles afterwards and no others.',
      reply: one(user),
    },
    'DELETE /api/v2/iam/users/:id': { id: 'deleteUser', summary: 'Remove a user', reply: nothing },
    'GET /api/v2/iam/roles': {
      id: 'listRoles',
      summary: 'List roles with their permissions',
      reply: contentsOf(role),
    },
  }),

  ...of('Profile', {
    'GET /api/v2/profiles/me': {
      id: 'getProfile',
      summary: 'Get the calling user',
      reply: one(user),
    },
    'POST /api/v2/profiles/me/changePassword': {
      id: 'changePassword',
      summary: "Change the caller's password",
      reply: nothing,
    },
    'GET /api/v2/profiles/me/accessKeys': {
      id: 'listAccessKeys',
      summary: "List the caller's access keys",
      reply: contentsOf(accessKey),
    },
    'POST /api/v2/profiles/me/accessKeys': {
      id: 'createAccessKey',
      summary: 'Make an access key',
      description: 'Its secret is in this answer and in no other.',
      reply: one(createdAccessKey),
    },
    'DELETE /api/v2/profiles/me/accessKeys/:accessKeyId': {
      id: 'deleteAccessKey',
      summary: 'Remove an access key',
      reply: nothing,
    },
  }),

  ...of('Credentials', {
    'POST /api/v2/profiles/me/credentials': {
      id: 'createCredential',
      summary: 'Add a credential',
      description:
        'A user name with a password or a private key. The secret is sealed and never shown again.',
      reply: one(credential),
    },
    'GET /api/v2/profiles/me/credentials': {
      id: 'listCredentials',
      summary: 'List credentials',
      reply: pageOf(credential),
    },
    'GET /api/v2/profiles/me/credentials/:id': {
      id: 'getCredential',
      summary: 'Get a credential',
      reply: one(credential),
    },
    'PUT /api/v2/profiles/me/credentials/:id': { id: 'putCredential', ...changeCredential },
    'PATCH /api/v2/profiles/me/credentials/:id': { id: 'updateCredential', ...changeCredential },
    'DELETE /api/v2/profiles/me/credentials/:id': {
      id: 'deleteCredential',
      summary: 'Remove a credential',
      description: 'Refused with 409 while a host uses it.',
      reply: nothing,
    },
  }),

  ...of('OBProxy', {
    'POST /api/v2/obproxy/clusters': {
      id: 'createObproxyCluster',
      summary: 'Create an OBProxy cluster',
      description: `Installs OBProxy on the hosts of the request, or makes an empty OBProxy cluster without hosts. ${asTask}`,
      reply: one(z.union([obproxyTask, rehearsal])),
    },
    'GET /api/v2/obproxy/clusters': {
      id: 'listObproxyClusters',
      summary: 'List OBProxy clusters',
      reply: pageOf(obproxyCluster),
    },
    'GET /api/v2/obproxy/clusters/:id': {
      id: 'getObproxyCluster',
      summary: 'Get an OBProxy cluster',
      reply: one(obproxyCluster),
    },
    'PUT /api/v2/obproxy/clusters/:id': { id: 'putObproxyCluster', ...changeObproxy },
    'PATCH /api/v2/obproxy/clusters/:id': { id: 'updateObproxyCluster', ...changeObproxy },
    'DELETE /api/v2/obproxy/clusters/:id': {
      id: 'deleteObproxyCluster',
      summary: 'Delete an OBProxy cluster',
      description: `Stops its proxies, removes them from their hosts and frees those. ${asTask}`,
      reply: one(z.union([obproxyTask, rehearsal])),
    },
    'POST /api/v2/obproxy/clusters/:id/obLinks/batchAdd': {
      id: 'addObLinks',
      summary: 'Let an OBProxy cluster serve clusters',
      description:
        'Answers when the proxies know the clusters, or names the task after 45 seconds.',
      reply: perhaps(rehearsal),
    },
    'DELETE /api/v2/obproxy/clusters/:id/obLinks/:obClusterName': {
      id: 'deleteObLink',
      summary: 'Unlink a cluster from an OBProxy cluster',
      reply: perhaps(rehearsal),
    },
  }),

  ...of('Packages', {
    'POST /api/v2/software-packages': {
      id: 'uploadPackage',
      summary: 'Upload a package',
      description:
        'An rpm under its own file name. The same package sent again answers the one that is there.',
      reply: one(softwarePackage),
      upload: 'file',
    },
    'GET /api/v2/software-packages': {
      id: 'listPackages',
      summary: 'List packages',
      reply: pageOf(softwarePackage),
    },
    'DELETE /api/v2/software-packages/:id': {
      id: 'deletePackage',
      summary: 'Remove a package',
      description: 'Refused with 409 while something was installed from it.',
      reply: nothing,
    },
    'GET /api/v2/files/sys-package/:fileName': {
      id: 'downloadPackage',
      summary: 'Download a package',
      bare: { type: 'application/x-rpm', schema: bytes },
    },
  }),

  ...of('Service', {
    'GET /services': {
      id: 'askServices',
      summary: 'Root servers of clusters, for observers and proxies',
      description:
        "OceanBase's own protocol of a config server; it needs no login and has an envelope of its own.",
      bare: { type: 'application/json', schema: serviceAnswer },
      refusal: serviceRefusal,
    },
    'GET /api/v2/time': { id: 'getTime', summary: 'Get the time of this service', bare: text },
    'GET /api/v2/info': {
      id: 'getInfo',
      summary: 'Get name and version of this service',
      reply: info,
    },
    'GET /api/status': {
      id: 'getStatus',
      summary: "Health in OCP's form",
      bare: text,
      also: { 503: z.string() },
    },
    'GET /healthz': {
      id: 'getHealth',
      summary: 'Liveness',
      description: 'Answers as long as the process serves. A supervisor restarts it by this.',
      reply: z.strictObject({ status: z.literal('okay') }),
      also: { 503: z.strictObject({ status: z.literal('bad'), cause: z.string() }) },
    },
    'GET /readyz': {
      id: 'getReadiness',
      summary: 'Readiness',
      description:
        'Whether store, Temporal and workers are there. A load balancer chooses by this.',
      reply: health,
      also: { 503: health },
    },
  }),
}

/** The entry of a route: of several methods that do the same, the first's. */
export const callOf = ({
  method,
  url,
}: {
  readonly method: string | readonly string[]
  readonly url: string
}): Call | undefined => calls[`${[method].flat()[0]} ${url}`]

/** Registrations of observers go to the same address as their questions. */
const registration: Call = {
  id: 'registerServices',
  tag: 'Service',
  summary: 'Registration of root servers by observers',
  description: 'Taken from servers of known clusters; nothing is stored.',
}

/** Every entry as OpenAPI writes paths, `METHOD /path/{parameter}`. */
export const documentedCalls: ReadonlyMap<string, Call> = new Map(
  Object.entries({ ...calls, 'POST /services': registration }).map(([call, facts]) => [
    call.replaceAll(/:(\w+)/g, '{$1}'),
    facts,
  ]),
)
