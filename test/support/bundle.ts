import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DefaultLogger } from '@temporalio/worker'
import { bundleWorkflows } from '../../src/worker/bundle.ts'

export const quiet = new DefaultLogger('ERROR')

/** Workers that tests start find the bundle by it. */
const variable = 'OBFLOW_WORKFLOW_BUNDLE'

/** Bundles the workflows once, for all test files, into the folder of the test run. */
export async function setup(folder: string): Promise<void> {
  const file = join(folder, 'workflows.js')
  await writeFile(file, (await bundleWorkflows()).code)
  process.env[variable] = file
}

/** The workflows as a worker loads them. */
export const bundle = (): { readonly codePath: string } => {
  const codePath = process.env[variable]
  if (codePath === undefined)
    throw new Error('the workflows are bundled by the test run, which this is not')
  return { codePath }
}
