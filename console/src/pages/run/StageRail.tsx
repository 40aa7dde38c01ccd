import { Tooltip } from 'antd'
import { notable, signOfAll } from '../../model/signs.ts'
import type { Stage } from '../../model/stages.ts'
import { useText } from '../../settings/Settings.tsx'

interface Props {
  readonly stages: readonly Stage[]
  readonly chosen: number | undefined
  choose(id: number): void
}

/** The whole run on one line, a sign for each stage. */
export function StageRail({ stages, chosen, choose }: Props) {
  const t = useText()
  return (
    <ol className="rail" aria-label={t('run.stages')}>
      {stages.map((stage) => {
        const sign = signOfAll(stage.subtasks)
        const done = stage.subtasks.filter(({ status }) => status === 'SUCCESSFUL').length
        const total = stage.subtasks.length
        const count = total > 1 ? ` · ${t('run.hostsOf', { done, total })}` : ''
        const name = `${stage.name}${count}: ${t(sign.text)}`
        const here = stage.subtasks.some(({ id }) => id === chosen)
        return (
          <li key={stage.index} className={stage.join ? 'rail-join' : undefined}>
            <Tooltip title={name} mouseEnterDelay={0}>
              <button
                type="button"
                className={`rail-stage tone-${sign.tone}`}
                aria-label={name}
                aria-current={here ? 'step' : undefined}
                onClick={() => {
                  const most = notable
                    .map((status) => stage.subtasks.find((each) => each.status === status))
                    .find((each) => each !== undefined)
                  if (most) choose(most.id)
                }}
              >
                <span aria-hidden>{sign.mark}</span>
              </button>
            </Tooltip>
          </li>
        )
      })}
    </ol>
  )
}
