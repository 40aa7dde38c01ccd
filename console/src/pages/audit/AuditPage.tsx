import { Input } from 'antd'
import { useState } from 'react'
import { Page } from '../../components/Page.tsx'
import { useText } from '../../settings/Settings.tsx'
import { AuditTable } from './AuditTable.tsx'

export default function AuditPage() {
  const t = useText()
  const [username, setUsername] = useState('')
  return (
    <Page
      title={t('audit.title')}
      actions={
        <Input.Search
          allowClear
          className="filter"
          placeholder={t('audit.filter')}
          aria-label={t('audit.filter')}
          onSearch={(text) => setUsername(text.trim())}
        />
      }
    >
      <AuditTable {...(username !== '' && { username })} />
    </Page>
  )
}
