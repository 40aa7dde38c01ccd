import { arg, command, flag } from '../command.ts'

// What these do is loaded when it is asked for: a watch needs no Temporal and no store.

export const serve = command({
  name: 'serve',
  summary: 'API, worker, Temporal with its Web UI and the store in this one process, until Ctrl-C',
  examples: ['obflow serve'],
  args: {},
  flags: {},
  run: async (_, { env }) =>
    (await (await import('../serve.ts')).serve(env)) ? undefined : 'failed',
})

export const reseal = command({
  name: 'reseal',
  summary:
    'Seal every secret of the store with the first of the keys in OBFLOW_KEY; see docs/secrets.md',
  examples: ['obflow reseal'],
  args: {},
  flags: {},
  run: async (_, { env }) =>
    (await (await import('../reseal.ts')).reseal(env)) ? undefined : 'failed',
})

export const password = command({
  name: 'password',
  summary: 'Give a user a new password and end its lock-out, on the machine that has the store',
  examples: ['obflow password admin', 'obflow password admin --stdin <new-password.txt'],
  args: { user: arg('user name') },
  flags: { stdin: flag('--stdin', 'read the password instead of making one up') },
  run: async ({ user, stdin }, { env }) => {
    const { resetPassword } = await import('../password.ts')
    return (await resetPassword(user, { stdin, env })) ? undefined : 'failed'
  },
})
