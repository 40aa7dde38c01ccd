import { say } from '../../errors/say.ts'
import { askExporter } from '../../oceanbase/index.ts'
import type { ObproxyHostNode } from '../node.ts'
import { until } from '../until.ts'

/**
 * Proves that the proxy's own exporter gives its metrics, and says where, for a Prometheus: obflow
 * has no monitoring of its own to register it with.
 */
export async function registerObproxyExporter(node: ObproxyHostNode): Promise<void> {
  const { proxy, target } = node
  const url = `http://${proxy.ip}:${proxy.exporterPort}/metrics`
  await until(say`metrics of obproxy ${proxy.ip}`, node, async () => {
    const { code } = await target.run(askExporter(proxy.exporterPort), {
      title: 'ask the exporter of obproxy',
    })
    return code === 0 ? { ready: true } : { waiting: say`${url} does not answer yet` }
  })
  node.log('INFO', `${url} gives the metrics of the proxy`)
}
