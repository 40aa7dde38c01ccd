import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { api, bodyOf } from '../../api/client.ts'
import type { Host } from '../../api/types.ts'
import { RemoveButton } from '../../components/ListButtons.tsx'
import { useCall } from '../../components/useCall.ts'
import { useMay } from '../../session/Session.tsx'
import { useText } from '../../settings/Settings.tsx'

interface Props {
  readonly host: Host
  changed(): void
}

export function HostActions({ host, changed }: Props) {
  const t = useText()
  const may = useMay()
  const [accepting, setAccepting] = useState(false)
  const name = host.innerIpAddress
  return (
    <div className="row">
      {may('HOST:*:UPDATE') && (
        <Button
          size="small"
          aria-label={`${t('hosts.key')}: ${name}`}
          onClick={() => setAccepting(true)}
        >
          {t('hosts.key')}
        </Button>
      )}
      {may('HOST:*:DELETE') && (
        <RemoveButton
          name={name}
          title={t('hosts.remove.title', { name })}
          text={t('hosts.remove.text')}
          act={async () => {
            const params = { path: { id: host.id } }
            await bodyOf(api.DELETE('/api/v2/compute/hosts/{id}', { params }))
            changed()
          }}
        />
      )}
      {accepting && <AcceptKey host={host} close={() => setAccepting(false)} />}
    </div>
  )
}

function AcceptKey({ host, close }: { readonly host: Host; close(): void }) {
  const t = useText()
  const { busy, call } = useCall()
  const [hostKey, setHostKey] = useState('')
  const good = /^SHA256:[A-Za-z0-9+/]{43}$/.test(hostKey)
  const accept = async () => {
    const params = { path: { id: host.id } }
    const done = await call(() =>
      bodyOf(api.POST('/api/v2/compute/hosts/{id}/acceptHostKey', { params, body: { hostKey } })),
    )
    if (done) close()
  }
  return (
    <Modal
      open
      title={`${t('hosts.key')} · ${host.innerIpAddress}`}
      okText={t('hosts.key')}
      okButtonProps={{ disabled: !good }}
      confirmLoading={busy}
      cancelText={t('common.cancel')}
      onOk={() => void accept()}
      onCancel={close}
    >
      <p>{t('hosts.keyText')}</p>
      <Input
        value={hostKey}
        status={hostKey !== '' && !good ? 'error' : ''}
        placeholder={t('hosts.keyLabel')}
        aria-label={t('hosts.keyLabel')}
        onChange={({ target }) => setHostKey(target.value.trim())}
      />
      {hostKey !== '' && !good && <p className="tone-bad">{t('hosts.keyBad')}</p>}
    </Modal>
  )
}
