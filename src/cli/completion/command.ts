import { z } from 'zod'
import { command } from '../command.ts'
import { bash, fish, zsh } from './scripts.ts'
import { placesOf } from './words.ts'

const scripts = { bash, zsh, fish } as const

export const completion = command({
  name: 'completion',
  summary: 'Print a script that completes obflow in a shell',
  examples: [
    'source <(obflow completion bash)',
    'obflow completion zsh >~/.zfunc/_obflow',
    'obflow completion fish >~/.config/fish/completions/obflow.fish',
  ],
  args: { shell: z.enum(['bash', 'zsh', 'fish']).describe('bash, zsh or fish') },
  flags: {},
  async run({ shell }, context) {
    // This command is itself one of those that are completed.
    const [{ commandTree }, { commands }] = await Promise.all([
      import('../tree.ts'),
      import('../commands/index.ts'),
    ])
    const tree = commandTree(commands, { io: context, run: async () => undefined })
    context.stdout.write(scripts[shell](placesOf(tree)))
    return undefined
  },
})
