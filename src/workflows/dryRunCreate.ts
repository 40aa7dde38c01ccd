import { proxyActivities } from '@temporalio/workflow'
import type { lookAtHosts } from '../activities/lookAtHosts.ts'
import { lookSeconds } from '../plan/dryRun.ts'

type Activities = { readonly lookAtHosts: ReturnType<typeof lookAtHosts> }

// Once: whoever asks is waiting, and may ask again.
const activities = proxyActivities<Activities>({
  startToCloseTimeout: `${lookSeconds + 3}s`,
  retry: { maximumAttempts: 1 },
})

/** Looks at the hosts of a create that is only asked about. Apart from the runner: there is no task, and nothing to take back. */
export const dryRunCreate: Activities['lookAtHosts'] = (look) => activities.lookAtHosts(look)
