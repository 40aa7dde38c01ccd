import { gunzipSync } from 'node:zlib'
import { layoutOf } from '../../oceanbase/index.ts'
import { sh } from '../../quote.ts'
import type { ClusterNode } from '../node.ts'
import { leadingServer } from '../session.ts'

/** Characters that one answer of a host may have, with room to spare. */
const atOnce = 700_000

/**
 * A text below `etc` as the package installed it, packed on its way, for it may have megabytes;
 * empty where there is none.
 */
export async function packagedFile(node: ClusterNode, name: string): Promise<string> {
  const host = await node.host(leadingServer(node).hostId)
  let packed = ''
  for (let at = 0; at === packed.length; at += atOnce) {
    packed += await host.must(
      sh`file=${`${layoutOf(node.cluster).etc}/${name}`}
[ ! -r "$file" ] || gzip -9nc "$file" | base64 -w0 | tail -c ${`+${at + 1}`} | { head -c ${atOnce}; cat >/dev/null; }`,
      { as: node.cluster.osUser, title: `read ${name}` },
    )
  }
  return packed === '' ? '' : gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')
}
