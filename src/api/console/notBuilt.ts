/** What is shown in place of the console where it was not built. */
export const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>obflow</title><style nonce="obflow-nonce">body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}
code,pre{background:#f4f4f4;padding:.1rem .3rem}pre{padding:.6rem}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}
code,pre{background:#222}a{color:#8bf}}</style>
<h1>The API runs, its console is not built</h1>
<p>Build it in obflow's folder, and start the API again:</p>
<pre>make setup</pre>
<p><code>OBFLOW_CONSOLE=off</code> leaves the console out. The API itself: <a href="/api/v2/docs">its calls</a>,
<a href="/api/v2/openapi.json">OpenAPI</a>, <a href="/readyz">whether it is ready</a>.</p>
</html>
`
