/**
 * What an operation needs inside its own transaction, beside the store's public face: rows, locks
 * and rules that are checked where they are written.
 */
export { answered, type ClientToken, remember } from './clientTokens.ts'
export { clusterReads } from './clusterReads.ts'
export { credentialFindings } from './credentialRule.ts'
export type { Db } from './db.ts'
export { endTasks } from './endTasks.ts'
export { type Host, hosts } from './hosts.ts'
export type { Keys } from './key.ts'
export type { CreateLook } from './looks.ts'
export { type Idc, idcsByName } from './named.ts'
export {
  type Creator,
  insertTask,
  type MadeWithTask,
  type NewTask,
  type Task,
  type TaskWithSubtasks,
} from './newTask.ts'
export { take } from './numbers.ts'
export { obproxy } from './obproxy.ts'
export { type ObproxyCluster, obproxyReads } from './obproxyReads.ts'
export { type Package, packages } from './packages.ts'
export { taskIds } from './preparations.ts'
export { prepared } from './prepared.ts'
export { newRows } from './rows.ts'
export type { TaskContext } from './schema/tasks.ts'
export { type Secrets, secrets } from './secrets.ts'
export { openMachine, writeChanges } from './taskMachine.ts'
export { tasks } from './tasks.ts'
