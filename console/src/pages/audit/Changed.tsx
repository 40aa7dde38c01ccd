import { Fragment } from 'react'
import type { AuditedCall } from '../../api/types.ts'
import type { TextKey } from '../../i18n/en.ts'
import { useText } from '../../settings/Settings.tsx'
import '../../styles/audit.css'

type Side = AuditedCall['before']

/** Fields that calls change, in the order they are read in; another one is shown by its own name. */
const names: Readonly<Record<string, TextKey>> = {
  name: 'common.name',
  username: 'login.user',
  type: 'hosts.secretType',
  roles: 'users.roles',
  sharedAddresses: 'hosts.shared',
  address: 'obproxy.address',
  port: 'audit.port',
  credentialId: 'audit.credentialId',
  hostKey: 'audit.hostKey',
}

/** The store keeps no order. */
function fieldsOf({ before, after }: AuditedCall): string[] {
  const given = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  const known = Object.keys(names).filter((field) => given.has(field))
  return [...known, ...[...given].filter((field) => !(field in names)).sort()]
}

export const hasChange = ({ before, after }: AuditedCall): boolean =>
  before !== undefined || after !== undefined

/** A value as the texts it consists of: one each for a list. */
function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null || value === '') return []
  if (Array.isArray(value)) return value.map(String)
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)]
}

/** What a call changed, field by field. */
export function Changed({ call }: { readonly call: AuditedCall }) {
  const t = useText()
  const { before, after } = call
  return (
    <table className="changed">
      <caption className="unseen">{t('audit.changed')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('audit.field')}</th>
          <th scope="col">{t('audit.before')}</th>
          <th scope="col">{t('audit.after')}</th>
        </tr>
      </thead>
      <tbody>
        {fieldsOf(call).map((field) => (
          <Field key={field} {...{ field, before, after }} />
        ))}
      </tbody>
    </table>
  )
}

function Field({
  field,
  before,
  after,
}: {
  readonly field: string
  readonly before: Side
  readonly after: Side
}) {
  const t = useText()
  const was = textsOf(before?.[field])
  const is = textsOf(after?.[field])
  const name = names[field]
  const same = was.join('\n') === is.join('\n')
  return (
    <tr className={same ? 'muted' : undefined}>
      <th scope="row">{name ? t(name) : <code>{field}</code>}</th>
      <td data-label={t('audit.before')}>
        {before ? <Values values={was} others={is} kind="del" /> : <Absent />}
      </td>
      <td data-label={t('audit.after')}>
        {after ? <Values values={is} others={was} kind="ins" /> : <Absent />}
      </td>
    </tr>
  )
}

interface ValuesProps {
  readonly values: readonly string[]
  readonly others: readonly string[]
  readonly kind: 'del' | 'ins'
}

/** What is on one side alone is marked by its element and a sign, not by its colour alone. */
function Values({ values, others, kind: Kind }: ValuesProps) {
  const t = useText()
  if (values.length === 0) return <span className="muted">{t('common.none')}</span>
  return values.map((value, at) => (
    <Fragment key={value}>
      {at > 0 && ', '}
      {others.includes(value) ? (
        <code>{value}</code>
      ) : (
        <Kind>
          <code>{value}</code>
        </Kind>
      )}
    </Fragment>
  ))
}

/** There was nothing yet, or there is nothing any more. */
function Absent() {
  const t = useText()
  return <span className="muted">{t('audit.absent')}</span>
}
