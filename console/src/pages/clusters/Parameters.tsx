import { api, dataOf } from '../../api/client.ts'
import { useLoad } from '../../api/useLoad.ts'
import { contextValue } from '../../model/zones.ts'
import { useText } from '../../settings/Settings.tsx'

/** What its create gave the observers, as the task keeps it. */
export function Parameters({ taskId }: { readonly taskId: number }) {
  const t = useText()
  const { data } = useLoad(
    (signal) =>
      dataOf(api.GET('/api/v2/tasks/instances/{id}', { params: { path: { id: taskId } }, signal })),
    [taskId],
  )
  const context = data?.context ?? ''
  const given = (contextValue(context, 'rpm_name') ?? '') !== ''
  if (!given) return null
  const parameters = startupOptions(context)
  const known = ['rpm_name', 'sql_port', 'primary_zone']
    .map((key) => [key, contextValue(context, key)] as const)
    .filter(([, value]) => value)
  return (
    <section className="panel panel-body stack" aria-label={t('cluster.parameters')}>
      <h2>{t('cluster.parameters')}</h2>
      <dl className="commands">
        {[...known, ...parameters].map(([name, value]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** `startup_option_string=a=1,b=2, next=…`: parameters have no blanks after their commas. */
function startupOptions(context: string): (readonly [string, string])[] {
  const text = /startup_option_string=(.*?)(?:, |\})/.exec(context)?.[1] ?? ''
  return text.split(',').flatMap((each) => {
    const at = each.indexOf('=')
    return at > 0 ? [[each.slice(0, at), each.slice(at + 1)] as const] : []
  })
}
