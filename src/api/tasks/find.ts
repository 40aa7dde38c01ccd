import { z } from 'zod'
import { Refused } from '../../errors/refused.ts'
import { noSubtask } from '../../operations/index.ts'
import type { Store, Subtask, TaskWithSubtasks } from '../../store/index.ts'
import { id } from '../http/validation.ts'

export const subtaskParams = z.object({ id, subtaskId: id })

export const noTask = (taskId: number): Refused => new Refused({ code: 'TSK10001', args: [taskId] })

/** A task, or a refusal that names it. */
export async function taskOf(store: Store, taskId: number): Promise<TaskWithSubtasks> {
  const task = await store.tasks.get(taskId)
  if (!task) throw noTask(taskId)
  return task
}

/** A subtask of this very task, or a refusal that names both. */
export async function subtaskOf(store: Store, taskId: number, subtaskId: number): Promise<Subtask> {
  const subtask = await store.tasks.subtask(taskId, subtaskId)
  if (!subtask) throw noSubtask(taskId, subtaskId)
  return subtask
}

/**
 * OCP's path of tasks, and the one its Terraform provider asks; `suffix` keeps ids of calls apart.
 */
export const taskPaths = [
  { below: '/api/v2/tasks/instances', suffix: 'Instance' },
  { below: '/api/v2/tasks', suffix: '' },
] as const
