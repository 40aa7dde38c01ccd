import { once, plan } from '../plan/plan.ts'

/** OCP's "Prepare host": names, order and timeouts are its API page's own sample. One task is about one host. */
export const prepareHost = plan('Prepare host', [
  once('Pre check for create host', 'preCheckHost', { timeout: '1800s' }),
  once('Uninstall legacy obagent', 'uninstallLegacyObagent', { timeout: '2100s' }),
  once('Uninstall legacy ocp agent', 'uninstallLegacyOcpAgent', { timeout: '600s' }),
  once('Install ocp agent', 'installOcpAgent', { timeout: '5400s', undo: 'removeOcpAgent' }),
  once('Update host status', 'updateHostStatus', { timeout: '1800s', prohibitSkip: true }),
])
