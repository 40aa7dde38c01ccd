import type { Declared, Group } from '../command.ts'
import { completion } from '../completion/command.ts'
import { login, logout } from '../login.ts'
import { resourceGroups } from '../resources/groups.ts'
import { watch } from '../resources/tasks.ts'
import { topologyCommands } from '../topology/commands.ts'
import { doctor } from './doctor.ts'
import { password, reseal, serve } from './local.ts'

/** All that `obflow` can do, in the order in which its help lists it. */
export const commands: readonly (Declared | Group)[] = [
  ...topologyCommands,
  ...resourceGroups,
  { ...watch, examples: ['obflow watch 1002', 'obflow watch terran --follow'] },
  login,
  logout,
  doctor,
  serve,
  reseal,
  password,
  {
    name: 'admin',
    summary: 'What is done on the machine that has the store',
    commands: [
      { ...password, name: 'reset-password', examples: ['obflow admin reset-password admin'] },
      { ...reseal, examples: ['obflow admin reseal'] },
    ],
  },
  completion,
]
