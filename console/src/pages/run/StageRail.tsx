import { Tooltip } from 'antd'
import { memo } from 'react'
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
      {stages.map((stage) => (
        <RailStage
          key={stage.index}
          {...{ stage, choose }}
          here={stage.subtasks.some(({ id }) => id === chosen)}
        />
      ))}
    </ol>
  )
}

interface StageProps extends Pick<Props, 'choose'> {
  readonly stage: Stage
  readonly here: boolean
}

const RailStage = memo(function RailStage({ stage, here, choose }: StageProps) {
  const t = useText()
  const sign = signOfAll(stage.subtasks)
  const done = stage.subtasks.filter(({ status }) => status === 'SUCCESSFUL').length
  const total = stage.subtasks.length
  const count = total > 1 ? ` · ${t('run.hostsOf', { done, total })}` : ''
  const name = `${stage.name}${count}: ${t(sign.text)}`
  return (
    <li className={stage.join ? 'rail-join' : undefined}>
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
})
