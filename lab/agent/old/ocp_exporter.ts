import { listenAs } from './listen.ts'

/** OceanBase's metrics; the port is the manual's (common-ocp-10000000001187547). */
listenAs('ocp_exporter', 62889)
