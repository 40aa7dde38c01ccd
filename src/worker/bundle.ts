import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The workflows as one text, as a worker takes them. */
export interface WorkflowBundle {
  readonly code: string
}

/** Far more than the bundle has. */
const maxBytes = 64 * 1024 * 1024

/**
 * Bundles the workflows, which takes seconds. In a process of its own, whose 150 MiB go when it ends: in a worker they would stay.
 * Rejects with what that process said when it fails.
 */
export async function bundleWorkflows(): Promise<WorkflowBundle> {
  const program = fileURLToPath(new URL('bundleProcess.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program], { maxBuffer: maxBytes })
  return { code: stdout }
}
