import { apiHeaders } from '../../api/client.ts'
import { ApiError, errorOf } from '../../api/error.ts'
import type { Package } from '../../api/types.ts'

interface Upload {
  readonly file: File
  readonly signal: AbortSignal
  /** Bytes that have left. */
  onProgress(sent: number): void
}

interface Answer {
  readonly data: Package
  readonly warnings?: readonly { readonly message: string }[]
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sends a package. By XMLHttpRequest, because fetch does not tell how far an upload is. */
export function upload({ file, signal, onProgress }: Upload): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/api/v2/software-packages')
    for (const [name, value] of Object.entries(apiHeaders())) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => onProgress(Math.min(loaded, file.size))
    request.onload = () => {
      const body = parsed(request.responseText)
      if (request.status !== 200) reject(errorOf(request.status, body))
      // The API's own words, whose types are in its document.
      else resolve(body as Answer)
    }
    request.onerror = () => reject(new ApiError({ status: 0 }))
    request.onabort = () => reject(new DOMException('canceled', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file)
    request.send(form)
  })
}
