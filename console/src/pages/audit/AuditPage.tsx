import { Page } from '../../components/Page.tsx'
import { useText } from '../../settings/Settings.tsx'
import { AuditTable } from './AuditTable.tsx'

export default function AuditPage() {
  const t = useText()
  return (
    <Page title={t('audit.title')}>
      <AuditTable />
    </Page>
  )
}
