import type { Host, PlannedTask } from '../../api/types.ts'
import { useText } from '../../settings/Settings.tsx'
import type { Draft } from './draft.ts'

interface Props {
  readonly plan: PlannedTask
  readonly draft: Draft
  readonly hosts: ReadonlyMap<number, Host>
}

/** What speaks against the request, then what was found on each host, worst first. */
export function HostFindings({ plan: { admission, preCheck }, draft, hosts }: Props) {
  const t = useText()
  const ids = draft.zones.flatMap(({ servers }) => servers)
  const byHost = Map.groupBy(preCheck, ({ hostId }) => hostId)
  const fatal = (id: number): number =>
    (byHost.get(id) ?? []).filter(({ level }) => level === 'FATAL').length
  const found = ids.filter((id) => byHost.has(id)).sort((a, b) => fatal(b) - fatal(a))
  return (
    <div className="findings">
      {admission.length > 0 && (
        <section aria-label={t('create.request')}>
          <h3>{t('create.request')}</h3>
          <ul className="plain">
            {admission.map(({ code, field, message }) => (
              <li key={`${code} ${field} ${message}`}>
                <span className="tone-bad">✖</span> <code>{code}</code> {message}
              </li>
            ))}
          </ul>
        </section>
      )}
      {found.map((id) => (
        <section key={id} aria-label={hosts.get(id)?.innerIpAddress ?? String(id)}>
          <h3 className="number">{hosts.get(id)?.innerIpAddress ?? id}</h3>
          <ul className="plain">
            {(byHost.get(id) ?? [])
              .toSorted((a, b) => a.level.localeCompare(b.level))
              .map(({ item, level, code, guide, message, advice }) => (
                <li key={`${item} ${message}`}>
                  <span className={level === 'FATAL' ? 'tone-bad' : 'tone-warn'}>
                    {level === 'FATAL' ? '✖' : '!'} {t(`create.level.${level}`)}
                  </span>{' '}
                  <a href={guide} target="_blank" rel="noreferrer">
                    <code>{code}</code>
                  </a>{' '}
                  {message}
                  {advice !== undefined && (
                    <div className="finding-advice">
                      <span className="muted">{t('run.advice')}</span> {advice}
                    </div>
                  )}
                </li>
              ))}
          </ul>
        </section>
      ))}
      {ids.length > found.length && (
        <p className="tone-good">✔ {t('create.hostsOk', { count: ids.length - found.length })}</p>
      )}
    </div>
  )
}
