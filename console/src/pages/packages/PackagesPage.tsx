import { Button, Upload } from 'antd'
import { useState } from 'react'
import { api, bodyOf, dataOf } from '../../api/client.ts'
import { useLoad } from '../../api/useLoad.ts'
import { List } from '../../components/List.tsx'
import { Page } from '../../components/Page.tsx'
import { useAsk } from '../../components/useAsk.tsx'
import { usePage } from '../../components/usePage.ts'
import { bytes, when } from '../../model/times.ts'
import { useMay } from '../../session/Session.tsx'
import { useSettings } from '../../settings/Settings.tsx'
import { UploadLine } from './UploadLine.tsx'
import { useUsers } from './useUsers.ts'
import '../../styles/packages.css'

export default function PackagesPage() {
  const { t, language } = useSettings()
  const may = useMay()
  const ask = useAsk()
  const [files, setFiles] = useState<readonly { readonly uid: string; readonly file: File }[]>([])
  const { page, size, paginationOf } = usePage()
  const packages = useLoad(
    (signal) =>
      dataOf(
        api.GET('/api/v2/software-packages', {
          params: { query: { page, size, sort: 'id,desc' } },
          signal,
        }),
      ),
    [page],
  )
  const usersOf = useUsers()
  return (
    <Page title={t('packages.title')}>
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
        loaded={packages}
        rowKey="id"
        empty={t('packages.empty')}
        pagination={paginationOf(packages.data?.page.totalElements)}
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
                <Button
                  size="small"
                  danger
                  disabled={!deletable}
                  aria-label={`${t('common.delete')}: ${fileName}`}
                  onClick={() =>
                    ask({
                      title: t('packages.remove.title', { name: fileName }),
                      text: t('packages.remove.text'),
                      button: t('common.delete'),
                      danger: true,
                      act: async () => {
                        const params = { path: { id } }
                        await bodyOf(api.DELETE('/api/v2/software-packages/{id}', { params }))
                        packages.reload()
                      },
                    })
                  }
                >
                  {t('common.delete')}
                </Button>
              ),
          },
        ]}
      />
    </Page>
  )
}
