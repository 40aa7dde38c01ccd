import { Handle, type NodeProps, Position } from '@xyflow/react'
import { useText } from '../../../settings/Settings.tsx'
import type { LaneNode, StepNode } from './layout.ts'

function Step({ data, selected }: NodeProps<StepNode>) {
  const t = useText()
  const { sign, join, name, where, took, attempt } = data
  return (
    <div
      className={`step tone-${sign.tone}${join ? ' step-join' : ''}${selected ? ' step-chosen' : ''}`}
      title={join ? t('run.join') : name}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className="step-mark" aria-hidden>
        {sign.mark}
      </span>
      {!join && (
        <>
          <span className="step-name">{name}</span>
          <span className="step-foot number">
            <span>{where}</span>
            <span>{attempt > 1 ? `×${attempt} ${took}` : took}</span>
          </span>
        </>
      )}
      <span className="unseen">{t(sign.text)}</span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}

function LaneBand({ data }: NodeProps<LaneNode>) {
  return (
    <div className="lane">
      <span className="lane-ip number">{data.ip}</span>
      {data.zone !== '' && <span className="muted">{data.zone}</span>}
    </div>
  )
}

export const nodeTypes = { step: Step, lane: LaneBand }
