import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../childEnv.ts'
import type { Config } from '../config.ts'
import { keptBundle } from './keptBundle.ts'

/** The workflows as one text, as a worker takes them, or a file of it. */
export type WorkflowBundle = { readonly code: string } | { readonly codePath: string }

/** Far more than the bundle has. */
const maxBytes = 64 * 1024 * 1024

/**
 * Bundles the workflows, which takes seconds. In a process of its own, whose 150 MiB go when it
 * ends: in a worker they would stay. Rejects with what that process said when it fails.
 */
export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  const program = fileURLToPath(new URL('bundleProcess.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    maxBuffer: maxBytes,
    env: childEnv(),
  })
  return { code: stdout }
}

/**
 * The workflows that a worker runs: those that were bundled beforehand, else those of an earlier
 * start, else bundled now.
 */
export const workflowsFor = async ({
  workflowBundle,
  dataDir,
}: Pick<Config, 'workflowBundle' | 'dataDir'>): Promise<WorkflowBundle> =>
  workflowBundle === undefined ? keptBundle(dataDir, bundleWorkflows) : { codePath: workflowBundle }
