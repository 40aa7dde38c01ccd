import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import { z } from 'zod'

/**
 * Names by which a browser on this machine, or one behind an SSH tunnel, asks. Others are DNS
 * rebinding.
 */
const hostNames = new Set(['localhost', '127.0.0.1', '[::1]'])
/** The one POST of the Web UI that changes nothing: it asks a run for its details. */
const query = /^\/api\/v1\/namespaces\/[^/]+\/workflows\/[^/]+\/query\/[^/]+$/
const maxSettingsBytes = 64 * 1024
const settings = z.record(z.string(), z.unknown())

/** The UI's own switches, so that it shows no button that would be refused. */
const readOnly = {
  DisableWriteActions: true,
  WorkflowTerminateDisabled: true,
  WorkflowCancelDisabled: true,
  WorkflowSignalDisabled: true,
  WorkflowUpdateDisabled: true,
  WorkflowResetDisabled: true,
  WorkflowPauseDisabled: true,
  BatchActionsDisabled: true,
  StartWorkflowDisabled: true,
  ActivityCommandsDisabled: true,
}

const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()

/** Why a request is not passed on; undefined when it is. */
export function refusal({
  method,
  url = '/',
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) {
  if (headers.host === undefined || !hostNames.has(nameOf(headers.host)))
    return 'The Web UI answers at localhost and 127.0.0.1 only.'
  const reading = method === 'GET' || method === 'HEAD'
  const asking = method === 'POST' && query.test(url.split('?')[0] ?? '')
  if (!reading && !asking)
    return "The Web UI only shows. Retry, skip, cancel and roll back by obflow's API."
  const { origin } = headers
  if (origin !== undefined && origin !== `http://${headers.host}`)
    return 'Another page may not use the Web UI.'
  return undefined
}

function refuse(reply: ServerResponse, status: number, message: string): void {
  const headers = {
    'content-type': 'application/json',
    'x-frame-options': 'DENY',
    connection: 'close',
  }
  reply.writeHead(status, headers).end(JSON.stringify({ message }))
}

/** Reads the UI's settings and sets its switches. */
async function settingsOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of answer) {
    text += String(chunk)
    if (text.length > maxSettingsBytes) throw new Error('the settings of the Web UI are too long')
  }
  return JSON.stringify({ ...settings.parse(JSON.parse(text)), ...readOnly })
}

/**
 * A proxy before the dev server's Web UI that lets nothing be changed and answers known host names
 * only.
 */
export function uiDoor(uiPort: number): Server {
  return createServer((incoming, reply) => {
    const refused = refusal(incoming)
    if (refused !== undefined) return refuse(reply, 403, refused)
    const isSettings = incoming.url?.split('?')[0] === '/api/v1/settings'
    const { 'accept-encoding': _, ...plain } = incoming.headers
    const headers = isSettings ? plain : incoming.headers
    const asked = request(
      { port: uiPort, method: incoming.method, path: incoming.url, headers },
      async (answer) => {
        const given = { ...answer.headers, 'x-frame-options': 'DENY' }
        for (const name of Object.keys(given))
          if (name.startsWith('access-control-')) Reflect.deleteProperty(given, name)
        if (!isSettings || answer.statusCode !== 200) {
          reply.writeHead(answer.statusCode ?? 502, given)
          answer.pipe(reply)
          return
        }
        try {
          const body = await settingsOf(answer)
          reply.writeHead(200, { ...given, 'content-length': Buffer.byteLength(body) }).end(body)
        } catch {
          refuse(reply, 502, "Temporal's Web UI gave no settings.")
        }
      },
    )
    asked.on('error', () =>
      reply.headersSent ? reply.destroy() : refuse(reply, 502, "Temporal's Web UI is away."),
    )
    reply.on('close', () => asked.destroy())
    incoming.pipe(asked)
  })
}
