import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

export const quiet = new DefaultLogger('ERROR')

/** The workflows as a worker loads them; bundled once per test file. */
export const bundle = bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
  logger: quiet,
})
