import { z } from 'zod'
import { createClient } from './client.ts'
import { command, flag, option } from './command.ts'
import { defaultUrl } from './connect.ts'
import { readProfiles, writeProfiles } from './profiles.ts'
import { passwordFile, passwordFrom } from './secretFlags.ts'
import { UsageError } from './usageError.ts'

const profileName = /^[A-Za-z0-9][\w.-]{0,63}$/

export const login = command({
  name: 'login',
  summary:
    'Log in to an API, and keep address, user and password for later commands (a file with mode 0600)',
  examples: [
    'obflow login',
    'obflow login --url https://obflow.example.com --user alice --password-file alice.txt --profile production',
  ],
  args: {},
  flags: {
    url: option('--url <url>', `address of the API (${defaultUrl})`),
    user: option('--user <name>', 'who logs in (admin)'),
    passwordFile,
    profile: option('--profile <name>', 'a name for this login (default)'),
  },
  async run(
    { url = defaultUrl, user = 'admin', passwordFile: file, profile = 'default' },
    context,
  ) {
    if (!URL.canParse(url)) throw new UsageError(`--url is no URL: ${url}`)
    if (!profileName.test(profile)) throw new UsageError(`--profile is a name, not "${profile}".`)
    const password = (await passwordFrom(context, file, `Password of ${user} at ${url}`)).reveal()
    await createClient({ url, user, password }).get('/api/v2/profiles/me', z.unknown())
    const { profiles } = readProfiles(context.env)
    const made = { ...profiles, [profile]: { url, user, password } }
    writeProfiles(context.env, { current: profile, profiles: made })
    context.note(`Logged in to ${url} as ${user}; profile ${profile}.`)
    return undefined
  },
})

export const logout = command({
  name: 'logout',
  summary: 'Forget a login',
  examples: ['obflow logout', 'obflow logout --profile production', 'obflow logout --all'],
  args: {},
  flags: {
    profile: option('--profile <name>', 'which (the one of the last login)'),
    all: flag('--all', 'every login'),
  },
  async run({ profile, all }, context) {
    const { current, profiles } = readProfiles(context.env)
    const name = profile ?? current
    if (!all && !Object.hasOwn(profiles, name))
      throw new UsageError(`There is no profile "${name}".`)
    const left = Object.entries(profiles).filter(([each]) => !all && each !== name)
    const next = left.some(([each]) => each === current) ? current : (left[0]?.[0] ?? 'default')
    writeProfiles(context.env, { current: next, profiles: Object.fromEntries(left) })
    context.note(all ? 'Every login is forgotten.' : `Profile ${name} is forgotten.`)
    return undefined
  },
})
