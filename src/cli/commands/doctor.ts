import { choice, command, option, options } from '../command.ts'

export const doctor = command({
  name: 'doctor',
  summary:
    'What obflow would find, choose and do on your hosts; changes nothing there. See README.md, "On your own hosts"',
  examples: [
    'obflow doctor --hosts 10.0.0.11,10.0.0.12 --key ~/.ssh/id_ed25519 --package server.rpm,libs.rpm',
    'obflow doctor --hosts 1,2 --package 3 --parameter memory_limit=16G -o json',
  ],
  args: {},
  flags: {
    hosts: option('--hosts <list>', 'addresses, or ids of the store, by comma'),
    package: options('--package <list>', 'rpm files, or ids of the store, by comma'),
    user: option('--user <name>', 'who logs in on the hosts (root)'),
    key: option('--key <file>', 'private key, for hosts by address'),
    port: option('--port <port>', 'SSH port (22)'),
    parameter: options('--parameter <name=value>', 'what observer would be started with'),
    'os-user': option('--os-user <name>', 'who runs observer'),
    'install-path': option('--install-path <path>', 'as it would be posted'),
    'data-path': option('--data-path <path>', 'as it would be posted'),
    'log-path': option('--log-path <path>', 'as it would be posted'),
    'sql-port': option('--sql-port <port>', 'as it would be posted'),
    'rpc-port': option('--rpc-port <port>', 'as it would be posted'),
    output: choice('-o, --output <form>', 'how it is printed', ['text', 'json']),
  },
  async run(flags, { env, stdout, color }) {
    const { doctor } = await import('../doctor/doctor.ts')
    const out = (text: string) => void stdout.write(text)
    return (await doctor(flags, { env, out, color })) ? undefined : 'failed'
  },
})
