import { AuditTable } from '../audit/AuditTable.tsx'

/** Who retried, skipped, canceled or rolled back. */
export function History({ taskId }: { readonly taskId: number }) {
  return (
    <div className="panel-body">
      <AuditTable taskId={taskId} />
    </div>
  )
}
