import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, by project: begun last, one of them would keep a whole run waiting
 * with one processor idle. Two hundredths of a run and more, as measured on two processors.
 */
const longest = [
  'test/console/console.test.ts',
  'test/cli/startFailures.test.ts',
  'test/api/injection.test.ts',
  'test/workflow/long.test.ts',
  'test/host/rpmScriptlets.test.ts',
  'test/lab/restartCluster.test.ts',
  'test/lab/create.test.ts',
  'test/lab/hostNodes.test.ts',
  'test/lab/rollback.test.ts',
  'test/lab/conformance.test.ts',
  'test/lab/chaos.test.ts',
  'test/lab/gracefulStop.test.ts',
  'test/lab/secrets.test.ts',
  'test/lab/clusterNodes.test.ts',
  'test/lab/standby.test.ts',
  'test/lab/operations.test.ts',
]

/** Vitest's own order, but for the longest files. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((file) => moduleId.endsWith(`/${file}`))
      return place === -1 ? longest.length : place
    }
    const order = ({ project }: TestSpecification): number => project.config.sequence.groupOrder
    return (await super.sort(files)).sort((a, b) => order(a) - order(b) || rank(a) - rank(b))
  }
}
