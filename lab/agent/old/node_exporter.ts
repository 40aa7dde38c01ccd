import { listenAs } from './listen.ts'

/** The host's metrics; the port is the manual's (common-ocp-10000000001187547). */
listenAs('node_exporter', 63000)
