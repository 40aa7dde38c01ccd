export function AuditTable(_: { readonly taskId?: number }) {
  return null
}
