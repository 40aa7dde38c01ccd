import { once, plan } from '../plan/plan.ts'

/** What is behind OCP's `obLinks/batchAdd`. Its links are those that are not settled yet, so either plan takes the other one back. */
export const linkObproxy = plan('Link obproxy', [
  once('Link obproxy', 'linkObClusters', { timeout: '10m', undo: 'unlinkObClusters', prohibitSkip: true }),
])

/** What is behind `DELETE …/obLinks/{obClusterName}`. */
export const unlinkObproxy = plan('Unlink obproxy', [
  once('Unlink obproxy', 'unlinkObClusters', { timeout: '10m', undo: 'linkObClusters', prohibitSkip: true }),
])
