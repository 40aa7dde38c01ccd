import { once, plan } from '../plan/plan.ts'

/** OCP's "Prepare host": names, order and timeouts are its API page's own sample. One task is about one host. */
export const prepareHost = plan('Prepare host', [
  once('Pre check for create host', 'preCheckHost', { timeout: '1800s' }),
  once('Uninstall legacy obagent', 'uninstallLegacyObagent', { timeout: '2100s' }),
  once('Uninstall legacy ocp agent', 'uninstallLegacyOcpAgent', { timeout: '600s' }),
  once('Install ocp agent', 'installOcpAgent', { timeout: '5400s', undo: 'removeOcpAgent' }),
  once('Update host status', 'updateHostStatus', { timeout: '1800s', prohibitSkip: true }),
])

/**
 * The task that stands for several hosts added by one call: it ends when all of theirs have. Each host keeps a task of its own, as OCP
 * answers them, so that one is retried or rolled back without the others. Its timeout is the sum of a host's.
 */
export const prepareHosts = plan('Prepare hosts', [once('Wait for hosts', 'awaitHosts', { timeout: '11700s' })], {
  prohibitRollback: true,
})
