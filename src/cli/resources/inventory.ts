import { openAsBlob, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { z } from 'zod'
import type { ApiClient } from '../client.ts'
import { arg, command, needed, option, options, several } from '../command.ts'
import { passwordFile, passwordFrom, secretIn } from '../secretFlags.ts'
import { UsageError } from '../usageError.ts'
import { waitFor } from '../wait.ts'
import { nothing } from './common.ts'
import { credential, host, idc, region, softwarePackage } from './kinds.ts'
import { printData, printList } from './print.ts'
import { findingLines, plannedCreate } from './rehearsal.ts'
import { found, listed } from './resource.ts'
import { detach } from './tasks.ts'

const made = z.object({ id: z.number() })
const added = z.object({ id: z.number(), hostIds: z.array(z.number()) })

/** Uploads a package file; the same one again is the one that is there. */
export async function upload(client: ApiClient, path: string) {
  const form = new FormData()
  form.append('file', await openAsBlob(path), basename(path))
  return (await client.post(softwarePackage.path, form, softwarePackage.item)).data
}

export const packageAdd = command({
  name: 'add',
  summary: 'Upload package files',
  examples: ['obflow package add oceanbase-ce-4.2.1.8.rpm oceanbase-ce-libs-4.2.1.8.rpm'],
  args: { files: several('rpm files') },
  flags: {},
  remote: true,
  prints: true,
  async run({ files }, context) {
    const client = await context.client()
    const items = []
    for (const file of files) {
      const path = resolve(context.cwd, file)
      if (!statSync(path, { throwIfNoEntry: false })?.isFile())
        throw new UsageError(`There is no file ${file}.`)
      items.push(await upload(client, path))
    }
    printList(context, softwarePackage, items)
    return undefined
  },
})

export const regionAdd = command({
  name: 'add',
  summary: 'Add a region',
  examples: ['obflow region add hangzhou'],
  args: { name: arg('its name') },
  flags: {},
  remote: true,
  async run({ name }, context) {
    await (await context.client()).post(region.path, { name }, made)
    context.note(`Added: region ${name}`)
    return undefined
  },
})

export const idcAdd = command({
  name: 'add',
  summary: 'Add an IDC, a place where hosts stand',
  examples: ['obflow idc add hz1 --region hangzhou'],
  args: { name: arg('its name') },
  flags: { region: needed('--region <region>', 'name or id of its region') },
  remote: true,
  async run({ name, region: word }, context) {
    const client = await context.client()
    await client.post(idc.path, { name, regionId: (await found(client, region, word)).id }, made)
    context.note(`Added: IDC ${name}`)
    return undefined
  },
})

export const credentialAdd = command({
  name: 'add',
  summary: 'Add a login for hosts: a private key, or a password that is asked for',
  examples: [
    'obflow credential add root-key --user root --key-file ~/.ssh/id_ed25519',
    'obflow credential add admin --user admin --password-file password.txt',
  ],
  args: { name: arg('its name') },
  flags: {
    user: option('--user <name>', 'who logs in on the hosts (root)'),
    keyFile: option('--key-file <path>', 'private key without a passphrase'),
    passwordFile,
  },
  remote: true,
  async run({ name, user = 'root', keyFile, passwordFile: file }, context) {
    if (keyFile !== undefined && file !== undefined)
      throw new UsageError('A login has a key or a password: give --key-file or --password-file.')
    const client = await context.client()
    const secret =
      keyFile === undefined
        ? await passwordFrom(context, file, `Password of ${user} on the hosts`)
        : secretIn(context.cwd, keyFile, { whole: true })
    const login = {
      type: keyFile === undefined ? 'PASSWORD' : 'PRIVATE_KEY',
      username: user,
      passphrase: secret.reveal(),
    }
    await client.post(
      credential.path,
      { targetType: 'HOST', name, sshCredentialProperty: login },
      made,
    )
    context.note(`Added: credential ${name}`)
    return undefined
  },
})

export const hostAdd = command({
  name: 'add',
  summary: 'Add hosts: log in to each, look at it, install the agent',
  examples: ['obflow host add 10.0.0.11 10.0.0.12 --idc hz1 --credential root-key'],
  args: { addresses: several('IPv4 addresses') },
  flags: {
    idc: needed('--idc <idc>', 'name or id of the IDC where they stand'),
    credential: needed('--credential <login>', 'name or id of their login'),
    port: option('--port <port>', 'SSH port (22)'),
    detach,
  },
  remote: true,
  async run({ addresses, idc: place, credential: login, port = '22', detach }, context) {
    const client = await context.client()
    const body = {
      hostBasicDataList: addresses.map((innerIpAddress) => ({ innerIpAddress })),
      idcId: (await found(client, idc, place)).id,
      credentialId: (await found(client, credential, login)).id,
      sshPort: Number(port),
    }
    const { data } = await client.post(`${host.path}/batchCreate`, body, added)
    if (!detach) return waitFor(context, data.id)
    context.note(`Accepted; obflow task watch ${data.id} shows it.`)
    return undefined
  },
})

/** Of a cluster that is never created: the look at hosts is that of a create. */
const pretended = { name: 'obflow_host_check', password: 'Aa11--obflow-check' }

export const hostCheck = command({
  name: 'check',
  summary: 'Look at hosts as the create of a cluster would, and change nothing',
  examples: ['obflow host check 10.0.0.11 10.0.0.12 --package oceanbase-ce-4.2.1.8.rpm'],
  args: { hosts: several('names or ids') },
  flags: {
    package: option('--package <file>', 'name or id of the server package (the newest one)'),
    parameter: options('--parameter <name=value>', 'what observer would be started with'),
  },
  remote: true,
  prints: true,
  async run({ hosts, package: word, parameter }, context) {
    const client = await context.client()
    const items = await Promise.all(hosts.map((each) => found(client, host, each)))
    const rpm = await serverPackage(client, word)
    const body = {
      type: 'PRIMARY',
      ...pretended,
      rpmName: rpm.fileName,
      startupParameters: parameter.map(parameterOf),
      zones: [...Map.groupBy(items, ({ idcName }) => idcName)].map(([idcName, servers], index) => ({
        name: `zone${index + 1}`,
        idcName,
        servers: servers.map(({ id }) => id),
      })),
    }
    const { data } = await client.post('/api/v2/ob/clusters?dryRun=true', body, plannedCreate)
    if (!printData(context, data)) {
      const lines = findingLines(data, client.url)
      context.stdout.write(lines.length === 0 ? 'Nothing is wrong.\n' : `${lines.join('\n')}\n`)
    }
    const fatal = data.preCheck.some(({ level }) => level === 'FATAL')
    return fatal || data.admission.length > 0 ? 'failed' : undefined
  },
})

/** `name=value`. */
export function parameterOf(pair: string) {
  const at = pair.indexOf('=')
  if (at < 1) throw new UsageError(`--parameter is NAME=VALUE, not "${pair}".`)
  return { name: pair.slice(0, at), value: pair.slice(at + 1) }
}

/** The package that a word means, or the server package that was uploaded last. */
export async function serverPackage(client: ApiClient, word: string | undefined) {
  if (word !== undefined) return found(client, softwarePackage, word)
  // Loaded when needed: most commands need no OceanBase.
  const { roleOf } = await import('../../oceanbase/index.ts')
  const [only] = (await listed(client, softwarePackage))
    .filter(({ name }) => roleOf(name) === 'server')
    .sort((one, other) => other.id - one.id)
  if (only === undefined)
    throw new UsageError('There is no server package: obflow package add FILE.')
  return only
}

export const acceptKey = command({
  name: 'accept-key',
  summary: 'Take the new SSH key of a host, e.g. after it was installed anew, as the right one',
  examples: ['obflow host accept-key 10.0.0.11 SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  args: {
    host: arg('address, name or id'),
    key: arg('its fingerprint, as ssh-keygen -l prints it'),
  },
  flags: {},
  remote: true,
  async run({ host: word, key }, context) {
    const client = await context.client()
    const { id, innerIpAddress } = await found(client, host, word)
    await client.post(`${host.path}/${id}/acceptHostKey`, { hostKey: key }, nothing)
    context.note(`The key of ${innerIpAddress} is accepted.`)
    return undefined
  },
})
