import { PlusOutlined } from '@ant-design/icons'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { api, bodyOf, dataOf } from '../../api/client.ts'
import { useLoad } from '../../api/useLoad.ts'
import { Copyable } from '../../components/Copyable.tsx'
import { List } from '../../components/List.tsx'
import { RemoveButton } from '../../components/ListButtons.tsx'
import { useCall } from '../../components/useCall.ts'
import { when } from '../../model/times.ts'
import { useMay } from '../../session/Session.tsx'
import { useSettings } from '../../settings/Settings.tsx'

const path = '/api/v2/profiles/me/accessKeys' as const

export function AccessKeys() {
  const { t, language } = useSettings()
  const may = useMay()
  const { busy, call } = useCall()
  const [secret, setSecret] = useState<string>()
  const keys = useLoad((signal) => dataOf(api.GET(path, { signal })), [])
  const make = async () => {
    const made = await call(() => dataOf(api.POST(path)))
    if (!made) return
    setSecret(made.accessKeySecret)
    keys.reload()
  }
  return (
    <section className="panel panel-body stack" aria-label={t('profile.keys')}>
      <div className="row">
        <h2>{t('profile.keys')}</h2>
        {may('PROFILE:*:UPDATE') && (
          <Button icon={<PlusOutlined />} loading={busy} onClick={() => void make()}>
            {t('profile.newKey')}
          </Button>
        )}
      </div>
      {secret !== undefined && (
        <Alert
          type="warning"
          showIcon
          closable
          message={t('profile.secretOnce')}
          description={<Copyable text={secret} label={t('profile.secret')} />}
          onClose={() => setSecret(undefined)}
        />
      )}
      <List
        list={keys}
        rowKey="accessKeyId"
        empty={t('profile.noKeys')}
        columns={[
          {
            title: t('profile.keyId'),
            render: (_, { accessKeyId }) => <Copyable text={accessKeyId} />,
          },
          {
            title: t('common.created'),
            render: (_, { createTime }) => when(createTime, language),
          },
          {
            title: t('common.actions'),
            render: (_, { accessKeyId }) => (
              <RemoveButton
                name={accessKeyId}
                title={t('profile.removeKey.title', { name: accessKeyId })}
                text={t('profile.removeKey.text')}
                act={async () => {
                  const params = { path: { accessKeyId } }
                  await bodyOf(api.DELETE(`${path}/{accessKeyId}`, { params }))
                  keys.reload()
                }}
              />
            ),
          },
        ]}
      />
    </section>
  )
}
