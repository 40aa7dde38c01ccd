import { Upload } from 'antd'
import { useState } from 'react'
import { api, bodyOf, dataOf } from '../../api/client.ts'
import { List } from '../../components/List.tsx'
import { RefreshButton, RemoveButton } from '../../components/ListButtons.tsx'
import { Page } from '../../components/Page.tsx'
import { usePaged } from '../../components/usePaged.ts'
import { bytes, when } from '../../model/times.ts'
import { useMay } from '../../session/Session.tsx'
import { useSettings } from '../../settings/Settings.tsx'
import { UploadLine } from './UploadLine.tsx'
import { useUsers } from './useUsers.ts'
import '../../styles/packages.css'

export default function PackagesPage() {
  const { t, language } = useSettings()
  const may = useMay()
  const [files, setFiles] = useState<readonly { readonly uid: string; readonly file: File }[]>([])
  const packages = usePaged((query, signal) =>
    dataOf(
      api.GET('/api/v2/software-packages', {
        params: { query: { ...query, sort: 'id,desc' } },
        signal,
      }),
    ),
  )
  const usersOf = useUsers()
  return (
    <Page title={t('packages.title')} actions={<RefreshButton reload={packages.reload} />}>
      {may('PACKAGE:*:CREATE') && (
        <Upload.Dragger
          multiple
          accept=".rpm"
          showUploadList={false}
          beforeUpload={(file) => {
            setFiles((before) => [...before, { uid: file.uid, file }])
            return false
          }}
        >
          <p className="drop">{t('packages.drop')}</p>
          <p className="muted">{t('packages.dropHelp')}</p>
        </Upload.Dragger>
      )}
      <ul className="plain uploads">
        {files.map(({ uid, file }) => (
          <UploadLine key={uid} file={file} uploaded={packages.reload} />
        ))}
      </ul>
      <List
        list={packages}
        rowKey="id"
        empty={t('packages.empty')}
        columns={[
          { title: t('common.name'), dataIndex: 'name' },
          {
            title: t('common.version'),
            render: (_, { version, buildNumber }) => `${version}-${buildNumber}`,
          },
          { title: t('common.type'), dataIndex: 'type', responsive: ['lg'] },
          {
            title: t('packages.architecture'),
            render: (_, { architecture, operatingSystem }) => `${operatingSystem} ${architecture}`,
          },
          { title: t('common.size'), className: 'number', render: (_, each) => bytes(each.size) },
          {
            title: t('packages.usedBy'),
            render: (_, { id, deletable }) =>
              usersOf(id).join(', ') || (deletable ? '' : t('packages.inUse')),
          },
          {
            title: t('common.created'),
            responsive: ['lg'],
            render: (_, { createTime }) => when(createTime, language),
          },
          {
            title: t('common.actions'),
            render: (_, { id, fileName, deletable }) =>
              may('PACKAGE:*:DELETE') && (
                <RemoveButton
                  name={fileName}
                  title={t('packages.remove.title', { name: fileName })}
                  text={t('packages.remove.text')}
                  disabled={!deletable}
                  act={async () => {
                    const params = { path: { id } }
                    await bodyOf(api.DELETE('/api/v2/software-packages/{id}', { params }))
                    packages.reload()
                  }}
                />
              ),
          },
        ]}
      />
    </Page>
  )
}
