import type * as workflows from '../workflows/index.ts'
import { createCluster } from './createCluster.ts'
import { createObproxyCluster } from './createObproxyCluster.ts'
import { createStandbyCluster } from './createStandbyCluster.ts'
import { deleteCluster } from './deleteCluster.ts'
import { deleteObproxyCluster } from './deleteObproxyCluster.ts'
import { deleteStandbyCluster } from './deleteStandbyCluster.ts'
import { linkObproxy } from './linkObproxy.ts'
import { stageNames } from './names.ts'
import type { Declared } from './operation.ts'
import { prepareHost, prepareHosts } from './prepareHost.ts'
import { restartCluster } from './restartCluster.ts'
import { unlinkObproxy } from './unlinkObproxy.ts'

export {
  createCluster,
  createObproxyCluster,
  createStandbyCluster,
  deleteCluster,
  deleteObproxyCluster,
  deleteStandbyCluster,
  linkObproxy,
  prepareHost,
  restartCluster,
  unlinkObproxy,
}

/** Every operation there is. */
export const operations = [
  createCluster,
  createObproxyCluster,
  createStandbyCluster,
  deleteCluster,
  deleteObproxyCluster,
  deleteStandbyCluster,
  linkObproxy,
  prepareHost,
  prepareHosts,
  restartCluster,
  unlinkObproxy,
] as const satisfies readonly Declared[]

export type OperationName = (typeof operations)[number]['name']

/** Does not compile while an operation has no workflow of its name, or a workflow no operation. */
type Unmatched =
  | Exclude<OperationName, keyof typeof workflows>
  | Exclude<keyof typeof workflows, OperationName>
export const workflowsMatch: [Unmatched] extends [never] ? true : Unmatched = true

const byName: ReadonlyMap<string, Declared> = new Map(operations.map((each) => [each.name, each]))

/** The operation of a task, by the name that the store has. */
export const operationNamed = (name: string): Declared | undefined => byName.get(name)

const chinese: ReadonlyMap<string, string> = new Map([
  ...Object.entries(stageNames),
  ...operations.map((each) => [each.title, each.chinese] as const),
])

/** The Chinese name of a task or a node. */
export const chineseOf = (name: string): string | undefined => chinese.get(name)
