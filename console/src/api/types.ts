import type { components } from './schema.d.ts'

type Schemas = components['schemas']

/** As the compact form has it. */
export type Subtask = Omit<Schemas['SubtaskInstance'], 'createTime' | 'description' | 'nodeType'>
export type Task = Omit<Schemas['WrappedTaskInstance'], 'subtasks'> & {
  readonly subtasks: readonly Subtask[]
}
export type TaskLine = Schemas['BasicTaskInstance']
export type Cluster = Schemas['Cluster']
export type Host = Schemas['Host']
export type Credential = Schemas['Credential']
export type Package = Schemas['SoftwarePackage']
export type ObproxyCluster = Schemas['ObproxyCluster']
export type Rehearsal = Schemas['Rehearsal']
export type PlannedTask = Schemas['PlannedTask']
export type User = Schemas['User']
export type Role = Schemas['Role']
export type AccessKey = Schemas['AccessKey']
export type AuditedCall = Schemas['AuditedCall']
export type Finding = Schemas['Finding']
export type Session = Schemas['Session']
export type Permission = Session['permissions'][number]
