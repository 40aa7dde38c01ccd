import { Alert } from 'antd'
import type { Rehearsal } from '../api/types.ts'
import { useText } from '../settings/Settings.tsx'

type Change = Rehearsal['hosts'][number]

/** What a call would make or remove on which host, or what speaks against it. */
export function Changes({
  rehearsal: { admission, hosts, tasks },
}: {
  readonly rehearsal: Rehearsal
}) {
  const t = useText()
  if (admission.length > 0)
    return (
      <Alert
        type="error"
        showIcon
        message={t('change.admission')}
        description={
          <ul className="plain">
            {admission.map(({ code, message }) => (
              <li key={`${code} ${message}`}>
                <code>{code}</code> {message}
              </li>
            ))}
          </ul>
        }
      />
    )
  if (hosts.length === 0) return <Steps tasks={tasks} />
  return (
    <div className="changes">
      {hosts.slice(0, 200).map((change) => (
        <HostChanges key={`${change.hostId} ${change.change}`} change={change} />
      ))}
    </div>
  )
}

/** A call that makes and removes nothing still does something. */
function Steps({ tasks }: Pick<Rehearsal, 'tasks'>) {
  const t = useText()
  return (
    <>
      <p className="muted">{t('change.nothing')}</p>
      <ol className="steps" aria-label={t('change.steps')}>
        {tasks.slice(0, 50).map(({ id, name, hostIp }) => (
          <li key={id}>
            {name} <span className="muted number">{hostIp}</span>
          </li>
        ))}
      </ol>
    </>
  )
}

function HostChanges({ change }: { readonly change: Change }) {
  const t = useText()
  const rows = [
    ['change.processes', change.processes],
    ['change.paths', change.paths],
    ['change.packages', change.packages],
    ['change.ports', change.ports],
  ] as const
  return (
    <section>
      <h3>{change.hostIp}</h3>
      <dl>
        {rows
          .filter(([, values]) => values.length > 0)
          .map(([key, values]) => (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd>
                {values.map((value) => (
                  <code key={value}>{value}</code>
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
