import type { Edge, Node } from '@xyflow/react'
import { MarkerType } from '@xyflow/react'
import type { Subtask } from '../../../api/types.ts'
import { isAtWork, type Sign, signOf, signOfAll } from '../../../model/signs.ts'
import type { Stage } from '../../../model/stages.ts'
import { duration, spanOfAll } from '../../../model/times.ts'
import type { Lane } from '../../../model/zones.ts'

export interface StepData extends Record<string, unknown> {
  readonly name: string
  readonly sign: Sign
  readonly join: boolean
  readonly where: string
  readonly took: string
  readonly attempt: number
  readonly subtaskId: number
}
export type StepNode = Node<StepData, 'step'>
export type LaneNode = Node<{ readonly ip: string; readonly zone: string }, 'lane'>

export const size = { node: 132, join: 30, height: 62, gap: 30, lane: 76, label: 110 }

interface Input {
  readonly stages: readonly Stage[]
  readonly lanes: readonly Lane[]
  readonly chosen: number | undefined
  readonly now: number
  /** One node per stage instead of one per host. */
  readonly folded: boolean
  countOf(done: number, total: number): string
}

const edgeOf = (source: string, target: string, state: readonly Subtask[]): Edge => ({
  id: `${source}-${target}`,
  source,
  target,
  focusable: false,
  className: state.some(isAtWork) ? 'edge-run' : state.every(isDone) ? 'edge-done' : '',
  markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14 },
})

const isDone = ({ status }: Subtask): boolean => status === 'SUCCESSFUL'

/** Places of a run's nodes: a column for each stage, a lane for each host. */
export function layout(input: Input): { nodes: (StepNode | LaneNode)[]; edges: Edge[] } {
  const { stages, lanes, chosen, now, folded, countOf } = input
  const rows = folded ? 1 : Math.max(1, lanes.length)
  const rowOf = new Map(lanes.map(({ ip }, row) => [ip, row]))
  const left = !folded && lanes.length > 0 ? size.label : 0
  const middle = (rows * size.lane - size.height) / 2
  const nodes: (StepNode | LaneNode)[] = []
  const edges: Edge[] = []
  let x = left + size.gap
  const step = (stage: Stage, subtasks: readonly Subtask[], y: number): StepNode[] => {
    const [first] = subtasks
    if (!first) return []
    const many = subtasks.length > 1
    const span = spanOfAll(subtasks, now)
    const took = span && !stage.join ? duration(span[1] - span[0]) : ''
    const where = many
      ? countOf(subtasks.filter(isDone).length, subtasks.length)
      : (first.hostIp ?? '')
    const sign = many ? signOfAll(subtasks) : signOf(first)
    const width = stage.join ? size.join : size.node
    const id = many ? `stage-${stage.index}` : String(first.id)
    return [
      {
        id,
        type: 'step',
        position: { x, y },
        width,
        height: size.height,
        selected: subtasks.some((each) => each.id === chosen),
        ariaRole: 'button',
        ariaLabel: `${stage.name} ${where} ${took}`,
        data: {
          name: stage.name,
          sign,
          join: stage.join,
          where,
          took,
          attempt: many ? 1 : (first.attempt ?? 1),
          subtaskId: (
            subtasks.find(({ status }) => status === 'FAILED') ??
            subtasks.find(isAtWork) ??
            first
          ).id,
        },
      },
    ]
  }
  for (const stage of stages) {
    if (folded) nodes.push(...step(stage, stage.subtasks, middle))
    else
      for (const subtask of stage.subtasks) {
        const row = stage.wide ? rowOf.get(subtask.hostIp ?? '') : undefined
        const y = row === undefined ? middle : row * size.lane + (size.lane - size.height) / 2
        nodes.push(...step(stage, [subtask], y))
        for (const id of subtask.upstreams)
          edges.push(edgeOf(String(id), String(subtask.id), [subtask]))
      }
    const before = stages[stage.index - 1]
    if (folded && before) edges.push(edgeOf(idOf(before), idOf(stage), stage.subtasks))
    x += (stage.join ? size.join : size.node) + size.gap
  }
  if (!folded)
    for (const [row, { ip, zone }] of lanes.entries())
      nodes.unshift({
        id: `lane-${ip}`,
        type: 'lane',
        position: { x: 0, y: row * size.lane },
        width: x,
        height: size.lane,
        zIndex: -1,
        selectable: false,
        focusable: false,
        draggable: false,
        data: { ip, zone },
      })
  return { nodes, edges }
}

const idOf = (stage: Stage): string =>
  stage.subtasks.length > 1 ? `stage-${stage.index}` : String(stage.subtasks[0]?.id)
