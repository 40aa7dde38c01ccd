import { z } from 'zod'
import { arg, command, options, several } from '../command.ts'
import { passwordFile, passwordFrom } from '../secretFlags.ts'
import { accessKey, user } from './kinds.ts'
import { printData } from './print.ts'
import { found } from './resource.ts'

export const userAdd = command({
  name: 'add',
  summary: 'Add a user; the password is asked for, or in a file',
  examples: ['obflow user add alice --role CLUSTER_VIEWER --password-file alice.txt'],
  args: { name: arg('user name') },
  flags: {
    role: options('--role <role>', 'e.g. ADMIN, CLUSTER_MANAGER, CLUSTER_VIEWER'),
    passwordFile,
  },
  remote: true,
  async run({ name, role, passwordFile: file }, context) {
    const client = await context.client()
    const password = (await passwordFrom(context, file, `Password of ${name}`)).reveal()
    await client.post(user.path, { username: name, password, roles: role }, user.item)
    context.note(`Added: user ${name}`)
    return undefined
  },
})

export const userRoles = command({
  name: 'roles',
  summary: 'Give a user these roles and no others',
  examples: ['obflow user roles alice CLUSTER_MANAGER TASK_MANAGER'],
  args: { user: arg('name or id'), roles: several('roles') },
  flags: {},
  remote: true,
  async run({ user: word, roles }, context) {
    const client = await context.client()
    const { id, username } = await found(client, user, word)
    const { data } = await client.put(`${user.path}/${id}/roles`, { roles }, user.item)
    context.note(`${username}: ${data.roles.join(', ')}`)
    return undefined
  },
})

const newKey = z.looseObject({ accessKeyId: z.string(), accessKeySecret: z.string() })

export const accessKeyAdd = command({
  name: 'add',
  summary: 'Make an access key for oneself; its secret is shown this once',
  examples: ['obflow access-key add', 'obflow access-key add -o json'],
  args: {},
  flags: {},
  remote: true,
  prints: true,
  async run(_, context) {
    const { data } = await (await context.client()).post(accessKey.path, {}, newKey)
    if (printData(context, data)) return undefined
    context.stdout.write(`access key  ${data.accessKeyId}\nsecret      ${data.accessKeySecret}\n`)
    return undefined
  },
})
