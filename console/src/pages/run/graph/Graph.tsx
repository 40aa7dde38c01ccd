import { Controls, type Edge, ReactFlow } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { keeper } from '../../../model/keeper.ts'
import { isAtWork } from '../../../model/signs.ts'
import type { Stage } from '../../../model/stages.ts'
import type { Lane } from '../../../model/zones.ts'
import { useSettings } from '../../../settings/Settings.tsx'
import '../../../styles/graph.css'
import { type LaneNode, layout, type StepNode, size } from './layout.ts'
import { nodeTypes } from './nodes.tsx'

interface Props {
  readonly stages: readonly Stage[]
  readonly lanes: readonly Lane[]
  readonly chosen: number | undefined
  readonly now: number
  readonly wideFrom: number
  choose(id: number): void
}

const tallest = 8

/** The DAG from left to right, hosts as lanes, joins as bars between them. */
export default function Graph(props: Props) {
  const { t } = useSettings()
  const { lanes, wideFrom } = props
  const folded = lanes.length >= wideFrom
  return (
    <>
      {folded && <p className="muted note">{t('run.wideGraph', { hosts: lanes.length })}</p>}
      <Canvas {...props} folded={folded} />
    </>
  )
}

function Canvas({ stages, lanes, chosen, now, choose, folded }: Props & { folded: boolean }) {
  const { t, theme } = useSettings()
  const [keep] = useState(() => ({ nodes: keeper<StepNode | LaneNode>(), edges: keeper<Edge>() }))
  const { nodes, edges } = useMemo(() => {
    const countOf = (done: number, total: number) => `${done}/${total}`
    const placed = layout({ stages, lanes, chosen, now, folded, countOf })
    return { nodes: keep.nodes(placed.nodes), edges: keep.edges(placed.edges) }
  }, [keep, stages, lanes, chosen, now, folded])
  const rows = folded ? 1 : Math.max(1, Math.min(lanes.length, tallest))
  const box = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState(0)
  useLayoutEffect(() => setRoom(box.current?.clientWidth ?? 0), [])
  const current = currentColumn(stages)
  const focus = nodes.find(({ id }) => id === current)?.position.x ?? 0
  const end = nodes.reduce((most, { position, width = 0 }) => Math.max(most, position.x + width), 0)
  // All of it when that can be read, else what happens now with what comes before it.
  const zoom = Math.min(1, Math.max(0.86, room / (end + size.gap)))
  const x = Math.min(0, Math.max(room - (end + size.gap) * zoom, room * 0.5 - focus * zoom))
  return (
    <div ref={box} className="graph" style={{ height: rows * size.lane * zoom + 52 }}>
      {room > 0 && (
        <ReactFlow
          defaultViewport={{ x, y: 8, zoom }}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          colorMode={theme}
          minZoom={0.2}
          maxZoom={1.6}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          zoomOnScroll={false}
          panOnScroll={false}
          preventScrolling={false}
          deleteKeyCode={null}
          onNodesChange={(changes) => {
            for (const change of changes) {
              if (change.type !== 'select' || !change.selected) continue
              const node = nodes.find(({ id }) => id === change.id)
              if (node?.type === 'step') choose(node.data.subtaskId)
            }
          }}
          proOptions={{ hideAttribution: true }}
          aria-label={t('run.graph')}
        >
          <Controls showInteractive={false} position="bottom-right" orientation="horizontal" />
        </ReactFlow>
      )}
    </div>
  )
}

/** The node that a look at the graph begins at. */
function currentColumn(stages: readonly Stage[]): string | undefined {
  const stage =
    stages.find(({ subtasks }) => subtasks.some(({ status }) => status === 'FAILED')) ??
    stages.find(({ subtasks }) => subtasks.some(isAtWork))
  const first = stage?.subtasks[0]
  if (!stage || !first) return undefined
  return stage.subtasks.length > 1 && !first.hostIp ? `stage-${stage.index}` : String(first.id)
}
