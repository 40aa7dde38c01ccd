import type { Tone } from '../model/signs.ts'

const looks: Readonly<Record<string, readonly [string, Tone]>> = {
  RUNNING: ['✔', 'good'],
  AVAILABLE: ['✔', 'good'],
  ONLINE: ['✔', 'good'],
  ACTIVE: ['✔', 'good'],
  CREATING: ['▶', 'run'],
  STARTING: ['▶', 'run'],
  RESTARTING: ['▶', 'run'],
  INSTALLING: ['▶', 'run'],
  PREPARING: ['▶', 'run'],
  DELETING: ['◀', 'warn'],
  STOPPING: ['■', 'warn'],
  STOPPED: ['■', 'warn'],
  OFFLINE: ['✖', 'bad'],
  UNAVAILABLE: ['✖', 'bad'],
  FAILED: ['✖', 'bad'],
}

/** The state of a cluster, server or host: OCP's own word with a sign and a colour. */
export function StatusTag({ status }: { readonly status: string | null | undefined }) {
  if (!status) return null
  const [mark, tone] = looks[status] ?? ['○', 'wait']
  return (
    <span className={`sign tone-${tone}`}>
      <span className="sign-mark" aria-hidden>
        {mark}
      </span>
      {status}
    </span>
  )
}
