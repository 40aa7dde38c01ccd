import { Select } from 'antd'
import { useId } from 'react'
import { api, dataOf } from '../../api/client.ts'
import type { Credential, Host } from '../../api/types.ts'
import { useLoad } from '../../api/useLoad.ts'
import { useAsk } from '../../components/useAsk.tsx'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'
import { TaskTable } from '../tasks/TaskTable.tsx'
import { useTasks } from '../tasks/useTasks.ts'

/** What was done on a host, its preparation before all, and another login for it. */
export function HostMore({ host }: { readonly host: Host }) {
  const may = useMay()
  return (
    <section className="stack" aria-label={host.innerIpAddress}>
      {may('HOST:*:UPDATE') && <OtherLogin host={host} />}
      {may('TASK:*:READ') && <HostTasks host={host} />}
    </section>
  )
}

function HostTasks({ host }: { readonly host: Host }) {
  const t = useText()
  const tasks = useTasks({ hostId: host.id })
  return (
    <>
      <h2>{t('hosts.tasks')}</h2>
      <TaskTable tasks={tasks} empty={t('hosts.noTasks')} />
    </>
  )
}

/** The API keeps to itself which login a host has: it may be another's. */
function OtherLogin({ host }: { readonly host: Host }) {
  const t = useText()
  const ask = useAsk()
  const id = useId()
  const logins = useLoad(
    (signal) =>
      dataOf(
        api.GET('/api/v2/profiles/me/credentials', { params: { query: { size: 100 } }, signal }),
      ),
    [],
  )
  const exchange = ({ id: credentialId, name }: Credential) =>
    ask({
      title: t('hosts.exchange.title', { host: host.innerIpAddress, name }),
      text: t('hosts.exchange.text'),
      button: t('hosts.exchange'),
      act: () =>
        dataOf(
          api.PATCH('/api/v2/compute/hosts/{id}', {
            params: { path: { id: host.id } },
            body: { credentialId },
          }),
        ),
    })
  return (
    <div className="row">
      <label htmlFor={id}>{t('hosts.exchange')}</label>
      <Select<number | null>
        id={id}
        className="select"
        value={null}
        placeholder={t('hosts.credential')}
        options={(logins.data?.contents ?? []).map(({ id: value, name }) => ({
          value,
          label: name,
        }))}
        onChange={(value) => {
          const login = logins.data?.contents.find((each) => each.id === value)
          if (login) exchange(login)
        }}
      />
    </div>
  )
}
